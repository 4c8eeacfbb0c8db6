import { expect, test } from "vitest";
import { initView } from "../../../src/view/setup/init.ts";

test("host keys that are new are shown, also when nobody was asked", () => {
  const key = { node: "n1", hop: null, name: "10.0.0.1", type: "ssh-ed25519", fingerprint: "SHA256:abc" };
  const view = initView(
    {
      nodes: [{ node: "n1", outcome: "Docker 27.5.1", dockerVersion: "27.5.1" }],
      keys: [
        { ...key, state: "stored", file: "/root/.ssh/known_hosts" },
        { ...key, node: "n2", state: "trusted", file: null },
      ],
      file: "/etc/pictl/config.json",
      changed: true,
      document: null,
    },
    { colour: false, width: Infinity },
  );
  expect(view).toBe(`n1: trusted from now on: ED25519 SHA256:abc (in /root/.ssh/known_hosts)
n1: Docker 27.5.1
Wrote /etc/pictl/config.json.
Next: \`pictl status --config /etc/pictl/config.json\`.
`);
});
