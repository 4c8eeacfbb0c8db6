import { type Command, script } from "../shell.ts";

/**
 * Runs a local script file on a node. The script comes first on stdin, exactly `bytes` long, and what follows is the
 * script's own stdin; so neither its text nor a secret in it ever stands in an argument list. It lies in a folder of
 * mode 0700 while it runs and is removed however it ends, short of SIGKILL. A script that arrives incomplete is not
 * run. The interpreter is named, so that it also works where /tmp is mounted noexec.
 */
export function scriptFileCommand(file: {
  /** Of the local file, without folders: what the script sees in `$0`. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly args: readonly string[];
}): Command {
  const { interpreter, argument } = shebang(file.content);
  return script(runner, String(file.content.length), interpreter, argument, file.name, ...file.args);
}

const runner = `umask 077
folder=$(mktemp -d "\${TMPDIR:-/tmp}/pictl-XXXXXXXXXX") || exit 126
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
bytes=$1 interpreter=$2 argument=$3 file=$folder/$4
shift 4
dd bs="$bytes" count=1 iflag=fullblock >"$file" 2>/dev/null || dd bs=1 count="$bytes" >"$file" 2>/dev/null
if [ "$(wc -c <"$file")" -ne "$bytes" ]; then
  echo "pictl: the script did not arrive whole, and was not run" >&2
  exit 126
fi
chmod 700 "$file"
if [ -n "$argument" ]; then set -- "$argument" "$file" "$@"; else set -- "$file" "$@"; fi
"$interpreter" "$@"
`;

/** As the kernel reads it: the interpreter, and the rest of the line as one argument (execve(2)). */
function shebang(content: Uint8Array): { interpreter: string; argument: string } {
  const end = content.indexOf(0x0a);
  const line = new TextDecoder().decode(content.subarray(0, end === -1 ? 256 : end));
  const [, interpreter = "sh", argument = ""] = /^#![ \t]*([^\s\0]+)[ \t]*([^\0]*)$/.exec(line) ?? [];
  return { interpreter, argument: argument.trim() };
}
