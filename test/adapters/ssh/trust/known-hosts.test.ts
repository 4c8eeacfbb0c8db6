import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fingerprint, KnownHosts } from "../../../../src/adapters/ssh/trust/known-hosts.ts";
import type { SshTarget } from "../../../../src/domain/ssh/config/target.ts";

const key = { type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIJ7xYQ0VbKxVj0w2XQ4O3bXb9dX0kq4wM4fE3QGJ4c1Y" };

function opened(text = "") {
  const folder = mkdtempSync(join(tmpdir(), "pictl-known-hosts-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const [own, everybodys] = [join(folder, "own"), join(folder, "everybodys")];
  writeFileSync(own, text);
  const target = (parts: Partial<SshTarget> = {}): SshTarget =>
    ({
      ...{ host: "Web.example", port: 22, hostKeyAlias: undefined, hashKnownHosts: false },
      ...{ userKnownHostsFiles: [own], globalKnownHostsFiles: [everybodys], ...parts },
    }) as unknown as SshTarget;
  return { own, everybodys, target, hosts: new KnownHosts() };
}

const count = async (hosts: KnownHosts, target: SshTarget): Promise<readonly number[]> => {
  const { own, portless } = await hosts.entriesOf(target);
  return [own.length, portless.length];
};

test("a key counts for its host and port; another port's host is told of the key without one", async () => {
  const { everybodys, target, hosts } = opened(`web.example ssh-ed25519 ${key.base64}\n`);
  writeFileSync(everybodys, `[web.example]:2222,other ssh-ed25519 ${key.base64}\n`);
  expect(await count(hosts, target())).toEqual([1, 0]);
  expect(await count(hosts, target({ port: 2222 }))).toEqual([1, 1]);
  expect(await count(hosts, target({ port: 2223 }))).toEqual([0, 1]);
  // An alias stands for host and port.
  expect(await count(hosts, target({ port: 2223, hostKeyAlias: "other" }))).toEqual([1, 0]);
});

test("a key that was accepted is known at once, stands in the file, and is forgotten on demand", async () => {
  const { own, target, hosts } = opened("# mine\n");
  expect(await count(hosts, target())).toEqual([0, 0]);
  expect(await hosts.store(target(), [key])).toBe(own);
  expect(await count(hosts, target())).toEqual([1, 0]);
  expect(readFileSync(own, "utf8")).toBe(`# mine\nweb.example ssh-ed25519 ${key.base64}\n`);
  const other = new KnownHosts();
  await other.forget(target());
  expect(readFileSync(own, "utf8")).toBe("# mine\n");
  expect(await count(other, target())).toEqual([0, 0]);
});

test("with HashKnownHosts nobody reads the name in the file, and it is found all the same", async () => {
  const { own, target, hosts } = opened();
  await hosts.store(target({ hashKnownHosts: true }), [key]);
  expect(readFileSync(own, "utf8")).toMatch(/^\|1\|[\w+/=]+\|[\w+/=]+ ssh-ed25519 /);
  expect(await count(new KnownHosts(), target())).toEqual([1, 0]);
  expect(await count(new KnownHosts(), target({ host: "other" }))).toEqual([0, 0]);
});

test("without a file of one's own a key counts for this process", async () => {
  const { target, hosts } = opened();
  for (const userKnownHostsFiles of [["/dev/null"], []]) {
    expect(await hosts.store(target({ userKnownHostsFiles }), [key])).toBe("/dev/null");
    expect((await count(hosts, target({ userKnownHostsFiles })))[0]).toBeGreaterThan(0);
    await hosts.forget(target({ userKnownHostsFiles: [] }));
  }
});

test("a key in a line with a pattern is not taken out: others may need it", async () => {
  const { own, target, hosts } = opened(`*.example ssh-ed25519 ${key.base64}\n`);
  await expect(hosts.forget(target())).rejects.toMatchObject({
    code: "host-key-changed",
    message: expect.stringContaining(`${own}:1 has another key for web.example`) as string,
  });
});

test("a file that cannot be read or written is told of, and nobody is trusted", async () => {
  const { target } = opened();
  const folder = join(target().userKnownHostsFiles[0] ?? "", "below-a-file");
  const broken = target({ userKnownHostsFiles: [tmpdir()] });
  await expect(new KnownHosts().entriesOf(broken)).rejects.toMatchObject({ code: "host-key-unknown" });
  await expect(new KnownHosts().store(target({ userKnownHostsFiles: [folder] }), [key])).rejects.toMatchObject({
    code: "host-key-unknown",
    message: expect.stringContaining("could not be written") as string,
  });
});

test("fingerprints are those of ssh-keygen", () => {
  expect(fingerprint(key)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});
