/** A node whose Docker answers with texts that Docker itself would never give, as one that somebody has taken over may. */
import type * as net from "node:net";
import type { TestLab } from "./lab.ts";

/** As a string in JSON; what a terminal would make of it: clipboard, title, screen, C1, reading direction, report, reset. */
const inJson = String.raw`\u001b]52;c;aGFja2Vk\u0007\u001b]0;hacked\u0007\u001b[2J\u009b31m\u202eevil\u001b[6n\u001bc\r\n`;

/** The name that Docker has for it; in what it answers, `inJson` stands in its place, of the same length. */
export const hostileName = "hostile".repeat(inJson.length).slice(0, inJson.length);

/** Until it is undone: what the node's Docker says goes through somebody who lies. */
export async function makeDockerLie(lab: TestLab, node: string): Promise<() => Promise<void>> {
  const text = `(${lyingProxy.toString()})(${JSON.stringify(hostileName)}, ${JSON.stringify(inJson)})`;
  const quoted = text.replaceAll("'", String.raw`'\''`);
  const pid = await lab.inside(
    node,
    `cd /run; mv docker.sock honest.sock; setsid '${process.execPath}' -e '${quoted}' >/dev/null 2>&1 & echo $!
     while ! [ -S /run/docker.sock ]; do sleep 0.05; done; chown --reference=/run/honest.sock /run/docker.sock; chmod 660 /run/docker.sock`,
  );
  return async () => {
    await lab.inside(node, `kill ${pid.trim()}; mv -f /run/honest.sock /run/docker.sock`);
  };
}

/** Runs in a node, so that it is all that it needs. */
function lyingProxy(name: string, lie: string): void {
  // oxlint-disable-next-line typescript/no-require-imports -- `node -e`
  const { connect, createServer } = require("node:net") as typeof net;
  createServer({ allowHalfOpen: true }, (client) => {
    const docker = connect({ path: "/run/honest.sock", allowHalfOpen: true });
    client.pipe(docker);
    let held = "";
    docker.setEncoding("latin1");
    docker.on("data", (chunk: string) => {
      const text = (held + chunk).replaceAll(name, lie);
      // Half of the name may be at the end.
      let half = Math.min(name.length - 1, text.length);
      while (!name.startsWith(text.slice(text.length - half))) half -= 1;
      held = text.slice(text.length - half);
      client.write(text.slice(0, text.length - half), "latin1");
    });
    docker.on("end", () => client.end(held, "latin1"));
    for (const socket of [client, docker]) {
      socket.on("error", () => {
        client.destroy();
        docker.destroy();
      });
    }
  }).listen("/run/docker.sock");
}
