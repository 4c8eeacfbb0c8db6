import { dockerRights } from "../../domain/docker/client/rights.ts";
import { words } from "../../domain/shell.ts";
import type { CheckKind } from "../kind.ts";

interface ExecOptions {
  readonly command: string;
}

/** A shell command in the container ends with code 0. */
export const exec: CheckKind<ExecOptions> = {
  async run({ command }, { container, signal }, tools) {
    const connection = await tools.connection();
    const { sudo } = dockerRights(await connection.privilege());
    const outcome = await connection.run(words("docker", "exec", container, "sh", "-c", command), {
      sudo,
      maxOutputBytes: 1024,
      signal,
    });
    if (outcome.status === "ok") return "exit code 0";
    if (outcome.status === "unknown") throw new Error("did not end");
    const said = outcome.stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(`exit code ${String(outcome.code)}${said === "" ? "" : `: ${said}`}`);
  },
};
