import { describe, expect, test } from "vitest";
import { planCreate } from "../../../src/domain/container/create.ts";
import { drift } from "../../../src/domain/container/drift/drift.ts";
import { imageOf, runInput, wantedText } from "../../../src/domain/container/drift/wanted.ts";
import { run } from "../../../src/domain/docker/client/commands.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { render } from "../../../src/domain/shell.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

describe("the command that runs a container", () => {
  test("an image built here is never looked for in a registry", () => {
    const wanted = placement("web", "n1", { args: ["-p", "80:80", "-e", "GREETING=it's $HOME"] });
    expect(render(run(runInput(wanted, { cluster: "home", generation: 3, digest: "d" })))).toBe(
      "docker container run --detach --name web --label io.pictl.cluster=home --label io.pictl.container=web " +
        "--label io.pictl.generation=3 --label io.pictl.digest=d --label " +
        `'io.pictl.asked={"image":"web","args":["-p","80:80","-e","GREETING=…"],"command":[],"env":[],"secrets":[]}' ` +
        "--pull=never -p 80:80 -e 'GREETING=it'\\''s $HOME' web",
    );
  });

  test("a registry image is pulled when it is missing", () => {
    const wanted = placement("web", "n1", { image: "registry:5000/nginx:1", env: { TZ: "UTC" } });
    expect(render(run(runInput(wanted, { cluster: "home", generation: 1, digest: "d" })))).toContain(
      "--env TZ=UTC --pull=missing registry:5000/nginx:1",
    );
  });
});

describe("what create does", () => {
  test.each([
    [undefined, [], "nothing", "run"],
    ["running", [], "nothing", "keep"],
    ["exited", [], "nothing", "start"],
    ["restarting", [], "nothing", "start"],
    ["paused", [], "nothing", "start"],
    ["running", [], "everything", "replace"],
    ["running", ["image"], "everything", "replace"],
    ["running", ["image"], "differing", "replace"],
    ["running", [], "differing", "keep"],
  ] as const)("%s, drift %j, recreate %s: %s", (state, differences, recreate, expected) => {
    const facts = state === undefined ? undefined : containerFacts({ state });
    expect(planCreate("web", { facts, drift: differences, recreate })).toBe(expected);
  });

  test("a container that differs is left as it is, and the error says how to replace it", () => {
    expect(() =>
      planCreate("web", { facts: containerFacts(), drift: ["image 1 → 2", "env TZ"], recreate: "nothing" }),
    ).toThrow(
      expect.objectContaining({
        code: "not-as-wanted",
        message: "The container is not as the config says, and was left as it is: image 1 → 2; env TZ.",
        hint: "Replace it with `pictl create web --recreate`.",
      }) as Error,
    );
  });
});

describe("drift", () => {
  const wanted = { digest: "d1", image: "web" };
  test.each([
    ["the same", containerFacts(), [imageFacts()], []],
    ["other arguments", containerFacts({ labels: { "io.pictl.digest": "d0" } }), [imageFacts()], ["arguments"]],
    ["a rebuilt image", containerFacts(), [imageFacts({ id: "sha256:2" })], ["image web is a newer one"]],
    ["an image that is gone", containerFacts(), [], []],
    ["another tag of the name", containerFacts(), [imageFacts({ id: "sha256:2", tags: ["web:1"] })], []],
  ] as const)("%s", (_what, facts, images, expected) => {
    expect(drift(facts, images, wanted)).toEqual(expected);
  });

  test("arguments that nobody knows count as unchanged", () => {
    expect(drift(containerFacts(), [imageFacts()], { digest: undefined, image: "web" })).toEqual([]);
  });
});

test("what is wanted does not depend on the order of variables, and does on that of arguments", () => {
  const text = (env: Record<string, string>, args: string[]): string =>
    wantedText(placement("web", "n1", { env, args }), []);
  expect(text({ A: "1", B: "2" }, [])).toBe(text({ B: "2", A: "1" }, []));
  expect(text({}, ["-a", "-b"])).not.toBe(text({}, ["-b", "-a"]));
  expect(imageOf(placement("web", "n1"))).toBe("web");
});

test("what is wanted depends on what the env_file says, not on where it lies or in which order", () => {
  const text = (envFile: string | undefined, ...variables: [string, string][]): string =>
    wantedText(
      placement("web", "n1", { envFile }),
      variables.map(([name, value]) => [name, new Secret(value)] as const),
    );
  expect(text("/a", ["A", "1"], ["B", "2"])).toBe(text("/b", ["B", "2"], ["A", "1"]));
  expect(text("/a", ["A", "1"])).not.toBe(text("/a", ["A", "2"]));
  expect(text("/a")).not.toBe(text(undefined));
});
