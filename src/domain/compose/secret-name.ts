/** Whether a variable's value stays out of command lines, by its name. */
export function isSecretName(name: string): boolean {
  return /(?:password|passwd|secret|token|api_?key|private_?key)$/i.test(name);
}
