import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const exec = promisify(execFile);

/** An ssh-agent that holds these keys, with the certificates beside them, until the test is over. */
export async function startAgent(socket: string, keys: readonly string[]): Promise<{ readonly SSH_AUTH_SOCK: string }> {
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(async () => {
    const gone = once(agent, "exit");
    agent.kill();
    await gone;
  });
  await once(agent.stdout, "data");
  await exec("ssh-add", ["-q", ...keys], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return { SSH_AUTH_SOCK: socket };
}
