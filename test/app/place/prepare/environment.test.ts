import { expect, test } from "vitest";
import { withSecrets } from "../../../../src/app/place/prepare/environment.ts";
import { Secret } from "../../../../src/domain/secrets/secret.ts";
import { placement } from "../../../fakes/config.ts";

test("a secret of several lines is refused with its container, before docker would cut it off", async () => {
  const web = placement("web", "n1", { secrets: { KEY: { from: "file", path: "/key" } } });
  const reads = (value: string) => ({ secrets: { read: () => Promise.resolve(new Secret(value)) } }) as never;
  await expect(withSecrets(reads("one\ntwo"), web, [])).rejects.toMatchObject({
    ...{ code: "config-invalid", container: "web", node: "n1" },
  });
  expect((await withSecrets(reads("one"), web, [])).map(([name]) => name)).toEqual(["KEY"]);
});
