/** How a login comes to Docker. */
export interface DockerRights {
  /** Only through sudo. */
  readonly sudo: boolean;
  /** With the rights of root, so that a refusal has another reason. */
  readonly privileged: boolean;
}

/** sudo is for logins that may use it and may not use Docker without. */
export function dockerRights(login: {
  readonly root: boolean;
  readonly docker: boolean;
  readonly sudo: boolean;
}): DockerRights {
  const sudo = !login.root && !login.docker && login.sudo;
  return { sudo, privileged: login.root || sudo };
}
