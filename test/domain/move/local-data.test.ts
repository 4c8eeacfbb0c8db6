import { expect, test } from "vitest";
import { mustBeThere, ownData } from "../../../src/domain/move/local-data.ts";

test.each([
  [["-v", "/etc/app.conf:/app.conf:ro"], undefined, ["/etc/app.conf"]],
  [["--mount", "type=bind,source=/etc/app.conf,target=/c,readonly"], undefined, ["/etc/app.conf"]],
  [["--mount", "type=Bind,src=/etc/app.conf,dst=/c,ro=true"], undefined, ["/etc/app.conf"]],
  [
    ["-v", "/var/run/docker.sock:/var/run/docker.sock", "-v", "/etc/localtime:/etc/localtime:ro"],
    undefined,
    ["/var/run/docker.sock", "/etc/localtime"],
  ],
  [["--device", "/dev/ttyUSB0:/dev/tty0:rw", "--device=/dev/snd"], undefined, ["/dev/ttyUSB0", "/dev/snd"]],
  [["--device", "nvidia.com/gpu=all"], undefined, []],
  [["--tmpfs", "/tmp:ro", "-v", "data:/data:ro", "-v", "/nameless"], undefined, []],
  [["-v", "/mnt/nfs:/data"], true, ["/mnt/nfs"]],
  [["-v", "/srv/own:/data"], undefined, []],
])("of %j, with shared %j, the other node must have %j", (args, shared, expected) => {
  expect(mustBeThere({ args, ...(shared === undefined ? {} : { shared }) })).toEqual(expected);
});

test("every bind of a node is data that moves or must be there", () => {
  const args = ["-v", "/srv/own:/data", "-v", "/etc/app.conf:/c:ro", "--mount", "type=bind,source=/srv/m,target=/m"];
  const data = ownData({ args }).map(({ source }) => source);
  expect([...data, ...mustBeThere({ args })].sort()).toEqual(["/etc/app.conf", "/srv/m", "/srv/own"]);
});
