/**
 * A comma-separated list of host patterns as in known_hosts: `*` and `?` are wildcards, `!` in front of a pattern
 * means that a host matching it is not meant, whatever else matches. Case is ignored. (OpenSSH `match_hostname`.)
 */
export function matchesPatternList(list: string, host: string): boolean {
  return matchesPatterns(list.split(","), host);
}

/** The same for patterns that are already apart, as on a `Host` line of ssh_config. */
export function matchesPatterns(patterns: readonly string[], host: string): boolean {
  const name = host.toLowerCase();
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith("!");
    const glob = (negated ? pattern.slice(1) : pattern).toLowerCase();
    if (!matchesPattern(glob, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** One pattern with `*` and `?`. Takes time proportional to both lengths, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resumeAt = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resumeAt = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
