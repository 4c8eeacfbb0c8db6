import { familiarName } from "../../registry/reference.ts";

/** Whose engine answers on Docker's API. */
export type Product = "Docker" | "Podman";

/** Of the head of any of its answers, by names in small letters: Podman says the version of its own API in each. */
export function productOf(head: Readonly<Record<string, unknown>>): Product {
  return "libpod-api-version" in head ? "Podman" : "Docker";
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
