import { expect, it } from "vitest";
import { negotiateApiVersion } from "../../../../src/domain/docker/engine/api-version.ts";

it.each([
  ["Docker 20.10", { ApiVersion: "1.41", MinAPIVersion: "1.12" }, "1.41"],
  ["Docker 28", { ApiVersion: "1.51", MinAPIVersion: "1.24" }, "1.51"],
  ["a newer one", { ApiVersion: "1.99", MinAPIVersion: "1.44" }, "1.51"],
  ["one that has dropped ours", { ApiVersion: "1.99", MinAPIVersion: "1.70" }, "1.70"],
  ["one without a minimum", { ApiVersion: "1.9" }, "1.9"],
])("%s", (_name, body, version) => {
  expect(negotiateApiVersion(body)).toBe(version);
});

it.each([[undefined], [{}], ["<html>"], [{ ApiVersion: "1.41/../../x" }], [{ ApiVersion: 1.41 }]])(
  "knows that %j is no engine's answer",
  (body) => {
    expect(negotiateApiVersion(body)).toBeUndefined();
  },
);
