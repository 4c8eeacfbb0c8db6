/**
 * A node name: what follows `ssh` on a command line, or an IPv6 literal, never with a user or a port, and never anything that
 * a program could take for an option.
 */
export const nodeNamePattern = /^(?![^:]*:[^:]*$)(?:::)?[A-Za-z0-9][A-Za-z0-9._:-]*(?:%[A-Za-z0-9._-]+)?$/;
export const nodeNameMaxLength = 253;

/** A container name, as Docker has it. */
export const containerNamePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const containerNameMaxLength = 128;

/** The part of an image reference that a container's name becomes when its image is built here. */
export const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

export function isNodeName(name: string): boolean {
  return name.length <= nodeNameMaxLength && nodeNamePattern.test(name);
}

export function isContainerName(name: string): boolean {
  return name.length <= containerNameMaxLength && containerNamePattern.test(name) && name !== "node";
}
