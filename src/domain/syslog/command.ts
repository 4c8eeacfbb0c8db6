import { type Command, line, script } from "../shell.ts";

/** What prints a node's system log: the config's own command, or else the last lines of the first log there is. */
export function syslogCommand(configured: string | undefined): Command {
  return configured === undefined ? script(firstLog, "1000") : line(configured);
}

const firstLog = `
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
if command -v journalctl >/dev/null 2>&1 && [ -n "$(journalctl --quiet --no-pager -n 1 2>/dev/null)" ]; then
  exec journalctl --quiet --no-pager -n "$1"
fi
for file in /var/log/syslog /var/log/messages; do
  [ -r "$file" ] && exec tail -n "$1" "$file"
done
dmesg | tail -n "$1"
`;
