import { expect, it } from "vitest";
import { render } from "../../../src/domain/shell.ts";
import { grant } from "../../../src/domain/vip/commands.ts";

it("a grant tells the network: three times of a change, once that nothing has changed", () => {
  const given = { ip: "10.0.0.9", device: "eth0", lease: true };
  expect(render(grant("text", { ...given, announce: "thrice" }))).toBe("sh -c text sh grant 10.0.0.9 eth0 lease 3");
  expect(render(grant("text", { ...given, lease: false, announce: "once" }))).toBe(
    "sh -c text sh grant 10.0.0.9 eth0 forever 1",
  );
});
