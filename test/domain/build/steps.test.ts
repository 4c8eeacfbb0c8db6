import { expect, it } from "vitest";
import { parseBuildStep } from "../../../src/domain/build/steps.ts";

it.each([
  ["Step 2/8 : COPY busybox /bin/busybox", { step: 2, of: 8, text: "COPY busybox /bin/busybox" }],
  ["Step 10/12 : RUN echo Step 1/2 : x", { step: 10, of: 12, text: "RUN echo Step 1/2 : x" }],
  ["#7 [3/3] RUN make", { step: 3, of: 3, text: "RUN make" }],
  ["#12 [build 2/5] COPY --link . /src", { step: 2, of: 5, text: "[build] COPY --link . /src" }],
  [
    "#8 [stage-1 1/2] FROM docker.io/library/alpine@sha256:1",
    { step: 1, of: 2, text: "[stage-1] FROM docker.io/library/alpine@sha256:1" },
  ],
])("%s", (line, step) => {
  expect(parseBuildStep(line)).toEqual(step);
});

it.each([
  [" ---> Running in 2e36bf9e625d"],
  ["#1 [internal] load build definition from Dockerfile"],
  ["#7 0.2 [1/2] not a step"],
  ["#7 DONE 0.1s"],
  ["Sending build context to Docker daemon  1.989MB"],
  [" Step 1/2 : indented"],
  [""],
])("no step: %s", (line) => {
  expect(parseBuildStep(line)).toBeUndefined();
});
