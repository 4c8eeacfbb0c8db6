import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDocker } from "../../../src/app/kit/docker.ts";
import { line } from "../../../src/domain/shell.ts";
import { openTestNodes } from "../../support/ssh.ts";
import { type Sshd, startSshd, whyNoSshd } from "../../support/sshd.ts";

describe.skipIf(whyNoSshd)(`a docker client${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  const pidFile = `/tmp/pictl-flood-${String(process.pid)}`;
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test.each(["exec yes docker", "exec yes docker >&2"])(
    "that prints without an end is ended, and nobody waits for it: %s",
    async (text) => {
      const connection = await openTestNodes().connect(sshd.node("n1"));
      const startedAt = performance.now();
      await expect(
        runDocker(connection, line(`echo $$ >${pidFile}; ${text}`), { doing: "restart web", reads: true }),
      ).rejects.toMatchObject({
        code: "timeout",
        node: "n1",
        message:
          "Could not restart web: the docker command prints without an end (4 MB were heard), and may or may not have done its work.",
      });
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      // It is told to end when nobody waits any more.
      await connection
        .run(line(`while kill -0 $(cat ${pidFile}) 2>/dev/null; do sleep 0.05; done; rm ${pidFile}`), {
          timeoutMs: 10_000,
        })
        .then(({ status }) => {
          expect(status).toBe("ok");
        });
    },
  );

  test("that says much and ends is heard to its end", async () => {
    const connection = await openTestNodes().connect(sshd.node("n1"));
    const outcome = await runDocker(connection, line("yes | head -c 3000000"), { doing: "look", reads: true });
    expect(outcome.status).toBe("ok");
  });
});
