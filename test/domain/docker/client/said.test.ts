import { expect, test } from "vitest";
import { dockerAdvice, dockerSaid } from "../../../../src/domain/docker/client/said.ts";

const id = "cb42387b1317b66cab08743075e673ee0c8a94b22119ae256ac1798be3aaa27d";
const runc =
  "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process";

test.each([
  [
    `docker: Error response from daemon: driver failed programming external connectivity on endpoint web (${id}): Error starting userland proxy: listen tcp4 0.0.0.0:22: bind: address already in use.\n`,
    "listen tcp4 0.0.0.0:22: bind: address already in use.",
    "'sport = :22'` on n1",
  ],
  [
    `docker: Error response from daemon: driver failed programming external connectivity on endpoint web (${id}): Bind for 0.0.0.0:80 failed: port is already allocated.`,
    "Bind for 0.0.0.0:80 failed: port is already allocated.",
    "'sport = :80'`",
  ],
  [
    `docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint web (${id}): failed to bind host port for 0.0.0.0:53:172.17.0.2:53/udp: address already in use`,
    "failed to bind host port for 0.0.0.0:53:172.17.0.2:53/udp: address already in use.",
    "'sport = :53'`",
  ],
  [
    "Error: cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use",
    "cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use.",
    "'sport = :8080'`",
  ],
  [
    `docker: Error response from daemon: ${runc}: exec: "nosuch": executable file not found in $PATH: unknown.\n`,
    'exec: "nosuch": executable file not found in $PATH.',
    "no such program",
  ],
  [
    `Error response from daemon: failed to create task for container: ${runc}: error during container init: exec: "/start.sh": permission denied: unknown`,
    'exec: "/start.sh": permission denied.',
    "`chmod +x`",
  ],
  [
    "Error: crun: executable file `nosuch` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
    "crun: executable file `nosuch` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found.",
    "no such program",
  ],
  ["docker: Error response from daemon: network back not found.", "network back not found.", "under `networks`"],
  [
    "Error: unable to find network with name or ID back: network not found",
    "unable to find network with name or ID back: network not found.",
    "under `networks`",
  ],
  ["unknown flag: --volum\nSee 'docker run --help'.", "unknown flag: --volum.", "The docker of n1"],
  ["unknown shorthand flag: 'x' in -x\nSee 'docker run --help'.", "unknown shorthand flag: 'x' in -x.", "`args`"],
  [
    "docker: Error response from daemon: No such image: db:latest.",
    "No such image: db:latest.",
    "where db:latest comes",
  ],
  [
    "Error response from daemon: mkdir /var/lib/docker/tmp/x: no space left on device",
    "mkdir /var/lib/docker/tmp/x: no space left on device.",
    "`pictl prune --node n1`",
  ],
])("what docker said of a container that it did not make, and what helps: %s", (stderr, said, advice) => {
  expect(dockerSaid(stderr.trim(), 125)).toBe(said);
  expect(dockerAdvice(said, "n1")).toContain(advice);
});

test("words that say themselves what is wrong get no advice", () => {
  expect(dockerAdvice("Minimum memory limit allowed is 6MB.", "n1")).toBeUndefined();
  expect(dockerAdvice("", "n1")).toBeUndefined();
  expect(dockerSaid("", 125)).toBe("docker ended with exit code 125.");
});
