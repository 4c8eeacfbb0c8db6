import { isContainerName } from "../../config/findings/names.ts";
import type { RawConfig } from "../../config/raw.ts";
import { PictlError } from "../../errors.ts";
import { addEntries, type ContainerEdit, setHosts } from "./entries.ts";

/** A container to be, as given on a command line. */
export interface NewContainer {
  readonly name: string;
  /** One instance on each. */
  readonly nodes: readonly string[];
  /** Arguments of `docker run`, in one string. */
  readonly args?: string | undefined;
  /** A registry's image, or the folder to build from; without both it is built from the folder of its name. */
  readonly image?: string | undefined;
  readonly build?: string | undefined;
  /** Port the heartbeat looks at. */
  readonly port?: number | undefined;
  /** Nodes it may be moved to; undefined leaves alone what the config says. */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * The edits that add a container to layout, hb and constraints, in the order in which they are to be made. Throws
 * usage for a name that cannot be one, and for a node that has a container of that name.
 */
export function planAddContainer(raw: RawConfig, container: NewContainer): readonly ContainerEdit[] {
  const { name, port, hosts } = container;
  const nodes = [...new Set(container.nodes)];
  if (!isContainerName(name)) {
    throw new PictlError("usage", `${JSON.stringify(name.slice(0, 60))} cannot be the name of a container.`, {
      hint: "Use letters, digits, - _ . and begin with a letter or digit; `node` and more than 128 characters are not allowed.",
    });
  }
  const taken = nodes.find((node) => raw.layout?.some((row) => row.node === node && Object.hasOwn(row, name)));
  if (taken !== undefined) {
    throw new PictlError("usage", `The layout has ${name} on ${taken} already.`, {
      container: name,
      node: taken,
      hint: `Change it with \`pictl container edit ${name}@${taken}\`.`,
    });
  }
  return [
    ...addEntries("layout", raw.layout, { nodes, name, value: entryOf(container) }),
    ...(port === undefined ? [] : addEntries("hb", raw.hb, { nodes, name, value: String(port) })),
    ...(hosts === undefined ? [] : setHosts(raw, name, [...new Set(hosts)])),
  ];
}

function entryOf({ args, image, build }: NewContainer): unknown {
  const source = { ...(image === undefined ? {} : { image }), ...(build === undefined ? {} : { build }) };
  if (Object.keys(source).length === 0) return args ?? "";
  return args === undefined ? source : { args, ...source };
}
