/** Whether a variable is a secret by its name: then it is moved out of the config, where a wrong guess would be in the way. */
export function isSecretName(name: string): boolean {
  return /(?:password|passwd|passphrase|secret|token|(?:api|private|secret|access)_?key(?:_?base)?)$/i.test(name);
}

/** Whether it may be one: then its value goes no further than the config, where a wrong guess costs little. */
export function mayBeSecretName(name: string): boolean {
  return /passw|passphrase|secret|token|key|credential|auth/i.test(name);
}

/** `PASSWORD=…` or `api-key: …` inside of a text; the first group is all but the value. */
export const secretAssignment = /((?:passw(?:or)?d|secret|token|api[-_]?key)[^=\s,]*[=:]\s*)[^\s,]+/gi;
