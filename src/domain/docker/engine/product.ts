import { familiarName } from "../../registry/reference.ts";
import { list, object, text } from "../json.ts";

/** Whose engine answers on Docker's API. */
export type Product = "Docker" | "Podman";

/** Of `GET /version`, whose components Podman names after itself. */
export function productOf(version: unknown): Product {
  const components = list(object(version)["Components"]).map((part) => text(object(part)["Name"]));
  return components.some((name) => /podman/i.test(name)) ? "Podman" : "Docker";
}

/** What docker would call an image that this engine calls so: Podman puts `localhost/` before what was built here. */
export function familiarOf(product: Product, name: string): string {
  if (product === "Docker" || name === "") return name;
  return familiarName(name.replace(/^localhost\/(?=[^/]+$)/, ""));
}

/** `28.5.2`, or `Podman 5.4.2`. */
export function versionText({ product, serverVersion }: { product: Product; serverVersion: string }): string {
  return product === "Docker" ? serverVersion : `${product} ${serverVersion}`;
}
