/**
 * `npm run demo`: three real nodes on this machine, and the main job of pictl on them, as a user would type it.
 * Ends with the lab running, for playing; fails loudly at the first step that does not do what it should.
 */
import { readFile } from "node:fs/promises";
import { chapter, demonstrate, run, say } from "./demo/steps.ts";

await demonstrate("demo", async ({ config, nodeOf, page }) => {
  chapter("One config file says what runs where");
  say(await readFile(config, "utf8"));
  await run(["config", "check"]);
  await run(["nodes"]);

  chapter("Build the images on their nodes, run the containers, compare wanted with actual");
  await run(["build"]);
  await run(["create"]);
  await run(["status"]);

  chapter("What a container serves");
  const host = await nodeOf("web");
  say(await page(host));

  chapter("A command on every node, a script's output grouped, the containers' logs");
  await run(["exec", "uptime"]);
  await run(["exec", "--fold", "docker --version"]);
  await run(["logs", "--tail", "3"]);

  chapter("A container dies: status says so, and its exit code too");
  await run(["exec", "--node", host, "docker kill web"]);
  await run(["status"], { expectedCode: 1 });
  await run(["start", "web"]);
  await run(["status"]);
  await run(["log", "--tail", "6"]);

  return {
    nextLines: ["status", "exec 'df -h /'", "logs --follow", "lab kill n2 --name demo", "nodes", "doctor"],
  };
});
