/**
 * `npm run demo:web`: three real nodes on this machine with containers and a daemon, and the web console of them on loopback.
 * It prints an address that logs in, once. Ctrl-C ends the console; the lab goes on, for playing.
 */
import { chapter, demonstrate, run, say, start } from "./demo/steps.ts";

// The console hears it and ends by itself; what is said after it comes still.
process.once("SIGINT", () => undefined);

await demonstrate("demo-web", async () => {
  chapter("Build the images on their nodes, run the containers, watch them");
  await run(["build"]);
  await run(["create"]);
  await run(["config", "set", "http.terminal", "true"]);
  start(["daemon"], { shown: false });

  chapter("The web console");
  say("The address below logs in whoever opens it first, with every right. Ctrl-C ends it.");
  say("From another machine: ssh -L 3003:127.0.0.1:3003 HOST, and the same address there.");
  await run(["serve"]);

  return { nextLines: ["serve", "serve user add --name anna --role admin", "lab kill n2 --name demo-web", "status"] };
});
