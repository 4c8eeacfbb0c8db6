import { describe, expect, test } from "vitest";
import type { Placement } from "../../../../src/domain/config/types.ts";
import { askedOf, parseAsked } from "../../../../src/domain/container/drift/asked.ts";
import { drift, type Wish } from "../../../../src/domain/container/drift/drift.ts";
import type { EnvVariable } from "../../../../src/domain/container/environment/variables.ts";
import { Secret } from "../../../../src/domain/secrets/secret.ts";
import { placement } from "../../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../../fakes/facts.ts";

const variables = (all: Readonly<Record<string, string>>): readonly EnvVariable[] =>
  Object.entries(all).map(([name, value]) => [name, new Secret(value)] as const);

interface Side extends Partial<Placement> {
  /** What is in the container, or what the config says. */
  readonly values?: Readonly<Record<string, string>>;
  readonly secretValues?: Readonly<Record<string, string>>;
}

/** What is told of a container that was made from `before`, while the config says `after` now. */
function told(before: Side, after: Side): readonly string[] {
  const made = placement("web", "n1", before);
  const wanted = placement("web", "n1", after);
  const facts = containerFacts({
    image: made.image ?? "web",
    labels: { "io.pictl.digest": "old", "io.pictl.asked": JSON.stringify(askedOf(made)) },
    env: variables({ PATH: "/bin", ...before.values, ...before.secretValues }),
  });
  const wish: Wish = {
    digest: "new",
    image: wanted.image ?? "web",
    asked: askedOf(wanted),
    env: variables(after.values ?? {}),
    secrets: variables(after.secretValues ?? {}),
  };
  return drift(facts, [imageFacts({ tags: ["web:latest", "shop:1.0"] })], wish);
}

test.each<[Side, Side, readonly string[]]>([
  [{ image: "shop:1.0" }, { image: "shop:1.1" }, ["image 1.0 → 1.1"]],
  [{ image: "reg:5000/shop:1.0" }, { image: "shop:1.1" }, ["image reg:5000/shop:1.0 → shop:1.1"]],
  [{ args: ["-p", "80:80"] }, { args: ["-p", "81:80"] }, ["arguments: -p 80:80 → -p 81:80"]],
  [{ args: [] }, { args: ["-m", "1g"] }, ["arguments: now also -m 1g"]],
  [{ args: ["-m", "1g", "-P"] }, { args: ["-P"] }, ["arguments: no more -m 1g"]],
  [{ args: ["-P", "-m", "1g"] }, { args: ["-m", "1g", "-P"] }, ["arguments in another order"]],
  [{ command: ["a", "b"] }, { command: ["a", "c"] }, ["command: a b → a c"]],
  [{ env: { TZ: "a" }, values: { TZ: "a" } }, { env: { TZ: "b" }, values: { TZ: "b" } }, ["env TZ"]],
  [{ env: { TZ: "a" }, values: { TZ: "a" } }, {}, ["env TZ"]],
  [{ args: ["-e", "A=1"], values: { A: "1" } }, { args: ["-e", "A=2"], values: { A: "2" } }, ["env A"]],
  [{ secretValues: { DB: "1" } }, { secretValues: { DB: "2" } }, ["secret DB"]],
  [{}, {}, ["arguments"]],
])("%j → %j", (before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

test("a secret that was changed where it lies shows also while the config is what it was", () => {
  const facts = containerFacts({ env: variables({ DB: "old" }) });
  const wish = (value: string): Wish => ({ digest: "d1", image: "web", secrets: variables({ DB: value }) });
  expect(drift(facts, [imageFacts()], wish("new"))).toEqual(["secret DB"]);
  expect(drift(facts, [imageFacts()], wish("old"))).toEqual([]);
  expect(drift(containerFacts(), [imageFacts()], wish("new"))).toEqual([]);
});

describe("what is kept of the arguments", () => {
  test.each([
    [
      ["-e", "PASSWORD=hunter2"],
      ["-e", "PASSWORD=…"],
    ],
    [
      ["--env=KEY=v", "-eA=v", "-e", "B"],
      ["--env=KEY=…", "-eA=…", "-e", "B"],
    ],
    [
      ["--health-cmd", "curl https://me:pw@host/"],
      ["--health-cmd", "curl https://me:…@host/"],
    ],
    [
      ["--log-opt", "splunk-token=abc"],
      ["--log-opt", "splunk-token=…"],
    ],
    [
      ["-o", "type=cifs,o=username=u,password=p,rw"],
      ["-o", "type=cifs,o=username=u,password=…,rw"],
    ],
    [
      ["-p", "80:80", "-v", "a:/b"],
      ["-p", "80:80", "-v", "a:/b"],
    ],
  ])("%j", (args, expected) => {
    expect(askedOf(placement("web", "n1", { args })).args).toEqual(expected);
  });
  test.each([undefined, "", "[1", "null", '"x"', "[]"])("a label %j", (label) => {
    expect(() => parseAsked(label)).not.toThrow();
  });
});
