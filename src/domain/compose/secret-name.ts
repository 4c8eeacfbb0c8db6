/** Whether a variable's value stays out of command lines, by its name. */
export function isSecretName(name: string): boolean {
  return /(?:password|passwd|passphrase|secret|token|(?:api|private|secret|access)_?key(?:_?base)?)$/i.test(name);
}
