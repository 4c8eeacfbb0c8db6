/**
 * `npm run demo:vip`: an address that two nodes share serves a page while its holder dies and comes back, and `pictl daemon`
 * sees to it. Three real nodes on this machine, the address with a lease: never on two nodes at once. Ends with the lab
 * running, for playing; fails loudly at the first step that does not do what it should.
 */
import { ask, chapter, demonstrate, run, say, start, until } from "./demo/steps.ts";

const name = "vip";

await demonstrate(name, async ({ readConfig, page }) => {
  chapter("A page on two nodes, and an address that one of them has");
  await run(["container", "edit", "web", "--args", "--uts host -p 8080:80", "--no-hosts", "--yes"]);
  await run(["container", "add", "web", "--node", "n2", "--args", "--uts host -p 8080:80"]);
  await run(["config", "set", "vip_mode", "lease"]);
  await run(["config", "set", "vip_lease", "6000"]);
  const { vip_ip, vip, vip_mode, vip_lease } = (await readConfig()) as unknown as Record<string, unknown>;
  const address = String(vip_ip);
  say(JSON.stringify({ vip_ip, vip, vip_mode, vip_lease }, null, 2));
  await run(["create"]);

  chapter("From here on a daemon keeps the address, and its event log is shown as it grows");
  const daemon = start(["daemon"], { shown: false });
  const log = start(["log", "--follow", "--since", "1s"], { shown: true });
  const servedBy = (other?: string): Promise<string> =>
    until(`a page at ${address}${other === undefined ? "" : ` that is not ${other}'s`}`, 60, async () => {
      daemon.check();
      const node = await nodeThatServes(address);
      return node === other ? undefined : node;
    });
  const first = await servedBy();
  say(await page(address));

  chapter("The node that has it dies: the other one serves as soon as the lease has certainly ended");
  await run(["lab", "kill", first, "--name", name]);
  const diedAt = performance.now();
  const second = await servedBy(first);
  say(`\n${second} serves ${((performance.now() - diedAt) / 1000).toFixed(1)} s after ${first} died:`);
  say(await page(address));

  chapter("It comes back: nothing changes for who asks");
  await run(["lab", "start", first, "--name", name]);
  await until(`${first} answering again`, 40, async () => {
    daemon.check();
    return ask(["exec", "--node", first, "uptime"]);
  });
  const still = await servedBy();
  if (still !== second) throw new Error(`${still} serves now, not ${second}`);
  say(await page(address));

  await log.stop(0, 130);
  await daemon.stop(0);
  return {
    nextLines: ["daemon &", `lab kill ${second} --name ${name}`, "log --follow", `lab start ${second} --name ${name}`],
  };
});

/** Whose page is at an address now; undefined when nobody's comes within a second. */
async function nodeThatServes(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${address}:8080/`, { signal: AbortSignal.timeout(1000) });
    return /<title>web on (\S+)<\/title>/.exec(await response.text())?.[1];
  } catch {
    return undefined;
  }
}
