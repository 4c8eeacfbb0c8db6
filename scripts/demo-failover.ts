/**
 * `npm run demo:failover`: a container dies, a node dies, and `pictl daemon` sees to both while nobody looks. Three real
 * nodes on this machine; the configuration is what PiCluster's README takes for trying out automatic failover, with a
 * shorter interval. Ends with the lab running, for playing; fails loudly at the first step that does not do what it should.
 */
import { ask, chapter, demonstrate, run, say, start, until } from "./demo/steps.ts";

const name = "failover";

await demonstrate(name, async ({ readConfig, nodeOf, page }) => {
  chapter("What is watched (hb), and where a container may go when it fails");
  await run(["config", "set", "heartbeat_interval", "2000"]);
  const { hb, container_host_constraints } = (await readConfig()) as unknown as Record<string, unknown>;
  say(JSON.stringify({ hb, container_host_constraints, heartbeat_interval: "2000" }, null, 2));
  await run(["create"]);
  const first = await nodeOf("web");
  say(await page(first));

  chapter("From here on a daemon watches, and its event log is shown as it grows");
  const daemon = start(["daemon"], { shown: false });
  const log = start(["log", "--follow", "--since", "1s"], { shown: true });
  await until("a daemon's first round", 20, async () => {
    daemon.check();
    return ask(["daemon", "status"]);
  });

  chapter("A container is killed: it is started again");
  await run(["exec", "--node", first, "docker kill web"]);
  say(await page(first));

  chapter("A node dies: its container comes up on another one, and the config says so");
  await run(["lab", "kill", first, "--name", name]);
  const second = await until(`web on another node than ${first}`, 40, async () => {
    daemon.check();
    const home = await nodeOf("web");
    return home === first ? undefined : home;
  });
  say(await page(second));
  await run(["status"], { expectedCode: 3 });

  chapter("The node comes back: the old copy goes");
  await run(["lab", "start", first, "--name", name]);
  await until(`the end of the old copy on ${first}`, 40, async () => {
    daemon.check();
    const events = (await ask(["log", "--since", "1m", "--container", "web", "--json"])) ?? "";
    return /"(move\.finished|container\.cleaned-up)"/.test(events) ? true : undefined;
  });
  const left = await ask(["exec", "--node", first, "docker ps --all"]);
  if (left === undefined || /\bweb\b/.test(left)) throw new Error(`the old copy is still on ${first}: ${String(left)}`);
  await run(["status"]);
  await run(["daemon", "status"]);

  await log.stop(0, 130);
  await daemon.stop(0);
  return {
    nextLines: [
      "daemon &",
      `lab kill ${second} --name ${name}`,
      "log --follow",
      `lab start ${second} --name ${name}`,
      "heartbeat",
      "daemon status",
    ],
  };
});
