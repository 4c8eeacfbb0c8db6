/** What somebody may do over HTTP: look; change what runs; change the config and run commands, which is root's right. */
export const roles = ["viewer", "operator", "admin"] as const;

export type Role = (typeof roles)[number];

/** Whether who has `role` may do what asks for `needed`. */
export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
