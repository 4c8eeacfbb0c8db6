import { PictlError } from "../errors.ts";
import { hubName, parseRegistry, type RegistryAddress } from "./address.ts";

/**
 * The registries to ask: those named by `--registry`, else Docker Hub and all of `dockerRegistries`, each once. A
 * named one that the config has is reached as the config says. Throws usage and config-invalid.
 */
export function chooseRegistries(configured: readonly string[], named: readonly string[]): readonly RegistryAddress[] {
  const known = [...configured.map(fromConfig), parseRegistry(hubName)];
  const chosen =
    named.length === 0
      ? [parseRegistry(hubName), ...known]
      : named.map((text) => {
          const given = parseRegistry(text);
          return given.scheme === undefined ? (known.find(({ name }) => name === given.name) ?? given) : given;
        });
  return [...new Map(chosen.map((registry) => [registry.name, registry])).values()];
}

/** Throws usage when there are several: a password is never shown to a registry that it is not for. */
export function oneRegistry(registries: readonly RegistryAddress[]): RegistryAddress {
  const [registry, ...others] = registries;
  if (registry && others.length === 0) return registry;
  throw new PictlError("usage", "`--username` is a login to one registry, and several would be asked.", {
    hint: "Say which with `--registry HOST`; Docker Hub is `docker.io`.",
  });
}

function fromConfig(text: string): RegistryAddress {
  try {
    return parseRegistry(text);
  } catch (cause) {
    throw new PictlError(
      "config-invalid",
      `dockerRegistries has ${JSON.stringify(text.slice(0, 80))}, which is no registry.`,
      {
        hint: "Entries look like `registry.example.com` or `10.0.0.5:5000`, without a path.",
        cause,
      },
    );
  }
}
