import { expect, it } from "vitest";
import { buildFailureLines } from "../../../src/domain/build/failure-lines.ts";

const deprecated = `DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            Install the buildx component to build images with BuildKit:
            https://docs.docker.com/go/buildx/

`;

it("the classic builder: the step, what it printed, the verdict", () => {
  const stdout = `Sending build context to Docker daemon  1.985MB\r
Step 1/4 : FROM scratch
 ---> 
Step 2/4 : COPY busybox /bin/busybox
 ---> Using cache
 ---> 4a8aa117b4ca
Step 4/4 : RUN echo about to fail; ls /nonexistent; exit 3
 ---> Running in ca5361dd3f53
about to fail
\u001b[91mls: /nonexistent: No such file or directory
\u001b[0m`;
  const stderr = `${deprecated}The command '/bin/sh -c echo about to fail; ls /nonexistent; exit 3' returned a non-zero code: 3\n`;
  expect(buildFailureLines(stdout, stderr)).toEqual([
    "Step 4/4 : RUN echo about to fail; ls /nonexistent; exit 3",
    "about to fail",
    "ls: /nonexistent: No such file or directory",
    "The command '/bin/sh -c echo about to fail; ls /nonexistent; exit 3' returned a non-zero code: 3",
  ]);
});

it("the classic builder of a login that chose it, with a client that advises against it", () => {
  const advice = `${deprecated.trimEnd()}

            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.

`;
  expect(buildFailureLines("Step 1/1 : RUN x\nboom\n", `${advice}it failed\n`)).toEqual([
    "Step 1/1 : RUN x",
    "boom",
    "it failed",
  ]);
});

it("the classic builder before the first step", () => {
  const stderr = `${deprecated}Error response from daemon: dockerfile parse error line 2: unknown instruction: COPYY\n`;
  expect(buildFailureLines("Sending build context to Docker daemon  2kB\n", stderr)).toEqual([
    "Error response from daemon: dockerfile parse error line 2: unknown instruction: COPYY",
  ]);
});

it("BuildKit of Docker 20.10, which repeats no output", () => {
  const stderr = `#3 [1/2] COPY . /
#3 sha256:34e709934a47ec7a2e945d355bd88d55b2093581e6a0055c3dffe5f386e35006
#3 DONE 0.1s

#4 [2/2] RUN ["/bin/busybox", "sh", "-c", "echo about to fail; exit 3"]
#4 sha256:66c60907a7add820ccc9b5c85429fb83119ec76a2dc07f9049daab54e05dec56
#4 0.363 about to fail
#4 ERROR: executor failed running [/bin/busybox sh -c echo about to fail; exit 3]: exit code: 3
------
 > [2/2] RUN ["/bin/busybox", "sh", "-c", "echo about to fail; exit 3"]:
------
executor failed running [/bin/busybox sh -c echo about to fail; exit 3]: exit code: 3
`;
  expect(buildFailureLines("", stderr)).toEqual([
    '[2/2] RUN ["/bin/busybox", "sh", "-c", "echo about to fail; exit 3"]',
    "about to fail",
    "executor failed running [/bin/busybox sh -c echo about to fail; exit 3]: exit code: 3",
  ]);
});

it("BuildKit", () => {
  const stderr = `#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 106B done
#1 DONE 0.0s

#5 [2/2] RUN echo about to fail; exit 3
#5 0.231 about to fail
#5 ERROR: process "/bin/sh -c echo about to fail; exit 3" did not complete successfully: exit code: 3
------
 > [2/2] RUN echo about to fail; exit 3:
0.231 about to fail
------
Dockerfile:2
--------------------
   1 |     FROM alpine
   2 | >>> RUN echo about to fail; exit 3
--------------------
ERROR: failed to solve: process "/bin/sh -c echo about to fail; exit 3" did not complete successfully: exit code: 3
`;
  expect(buildFailureLines("", stderr)).toEqual([
    "[2/2] RUN echo about to fail; exit 3",
    "about to fail",
    "Dockerfile:2",
    "   1 |     FROM alpine",
    "   2 | >>> RUN echo about to fail; exit 3",
    'ERROR: failed to solve: process "/bin/sh -c echo about to fail; exit 3" did not complete successfully: exit code: 3',
  ]);
});

it("a step that printed much: its last lines only", () => {
  const stdout = ["Step 1/1 : RUN seq 1000", ...Array.from({ length: 1000 }, (_, index) => String(index + 1))].join(
    "\n",
  );
  const lines = buildFailureLines(stdout, "it failed\n");
  expect(lines).toHaveLength(12);
  expect(lines.slice(0, 2)).toEqual(["Step 1/1 : RUN seq 1000", "991"]);
});

it("silence", () => {
  expect(buildFailureLines("", "\n")).toEqual([]);
});
