import { expect, it } from "vitest";
import { checkImageName } from "../../../src/domain/build/image-name.ts";

it.each(["web", "node-red", "a.b", "a_b", "a__b", "a--b", "0x"])("%s can be an image", (name) => {
  expect(() => {
    checkImageName(name);
  }).not.toThrow();
});

it.each(["Web", "a..b", "a___b", "a.", "-a", "a/b", "a:b", "ü", ""])("%s cannot", (name) => {
  expect(() => {
    checkImageName(name);
  }).toThrow(expect.objectContaining({ code: "config-invalid", hint: expect.stringContaining("`image`") as string }));
});
