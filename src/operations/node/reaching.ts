import * as field from "../fields.ts";

/** How a node is reached that the config does not have yet. */
export const reaching = {
  address: field.maybe("What to connect to, when that is not the name."),
  user: field.maybe("User to log in as."),
  port: field.whole("Port of its sshd.", { min: 1, max: 65_535 }),
  identityFile: field.maybe("Private key on the controller; counted from the config's folder."),
  proxyJump: field.maybe("Jump hosts on the way, separated by commas: [USER@]HOST[:PORT]."),
};
