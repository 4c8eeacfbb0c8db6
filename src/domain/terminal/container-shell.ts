import { type Command, script } from "../shell.ts";

/**
 * The command, for a terminal on the node, that opens a shell in a container. `docker exec` leaves behind what it
 * started when its terminal goes away (moby issue 9098), so that after it the shell and all that came from it are
 * hung up; they are known by a variable with the process id that this command has on the node.
 * `client`: how docker is called there (`docker`, `sudo docker`).
 */
export function containerShell(
  client: readonly string[],
  { id, shell, term }: { readonly id: string; readonly shell: string; readonly term: string },
): Command {
  return script(attach, id, shell, `TERM=${term}`, hangUp, ...client);
}

// Both stand in single quotes in the line of whatever shell the login has: none of ' \ ! and newlines in them.
const attach =
  "id=$1 shell=$2 term=$3 hangup=$4; shift 4; trap gone=1 HUP; " +
  '"$@" exec --interactive --tty --env "$term" --env "PICTL_SHELL=$$." "$id" "$shell"; code=$?; ' +
  '[ -z "$gone" ] || "$@" exec "$id" "$shell" -c "$hangup" sh "$$"; exit "$code"';

/** With what every shell has built in: a container may have nothing else. */
const hangUp =
  'for process in /proc/[0-9]*; do while IFS= read -r line || [ -n "$line" ]; do case "$line" in ' +
  '*"PICTL_SHELL=$1."*) kill -HUP "${process#/proc/}";; esac; done < "$process/environ"; done 2>/dev/null';
