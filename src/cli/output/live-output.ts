import type { LiveOutput } from "../../app/exec.ts";
import { WholeLines } from "../../domain/exec/whole-lines.ts";
import { visible } from "../../domain/text.ts";
import { prefixes } from "../../view/text/prefix.ts";
import type { Style } from "../../view/text/style.ts";
import { sinkOf } from "./sink.ts";

/** Where a node's stdout or stderr goes. */
export interface LiveTarget {
  readonly stream: NodeJS.WritableStream;
  readonly style: Style;
  /** A person looks at it: control characters are shown instead of sent. Otherwise bytes pass as they are. */
  readonly terminal: boolean;
}

/** Of a line in the making; what it has beyond is cut. */
const maxLineBytes = 1024 * 1024;

/**
 * The output of many nodes on two streams, whole lines at a time, each with its node's name in front unless `prefix`
 * is false. A single node without prefix in a pipe is passed on byte by byte.
 */
export function liveOutput(options: {
  readonly nodes: readonly string[];
  readonly prefix: boolean;
  readonly stdout: LiveTarget;
  readonly stderr: LiveTarget;
}): LiveOutput {
  const { nodes, prefix } = options;
  const channels = {
    stdout: channelOf({ ...options.stdout, mark: "|", nodes, prefix }),
    stderr: channelOf({ ...options.stderr, mark: "!", nodes, prefix }),
  };
  return {
    write: (node, stream, chunk) => channels[stream].write(node, chunk),
    end(node) {
      channels.stdout.end(node);
      channels.stderr.end(node);
    },
  };
}

interface Channel {
  write(node: string, chunk: Uint8Array): void | Promise<void>;
  end(node: string): void;
}

interface ChannelOptions extends LiveTarget {
  readonly mark: "|" | "!";
  readonly nodes: readonly string[];
  readonly prefix: boolean;
}

function channelOf(options: ChannelOptions): Channel {
  const { nodes, prefix, terminal, mark } = options;
  const sink = sinkOf(options.stream);
  if (!prefix && !terminal && nodes.length === 1) return { write: (_node, chunk) => sink(chunk), end: () => undefined };
  const prefixOf = prefixes(options.style, nodes);
  const sources = new Map<string, { readonly lines: WholeLines; readonly prefix: string }>();
  const print = (lines: Uint8Array | undefined, before: string): void | Promise<void> =>
    lines && sink(terminal ? shown(lines, before) : prefixed(lines, before));
  return {
    write(node, chunk) {
      let source = sources.get(node);
      if (!source) {
        source = { lines: new WholeLines(maxLineBytes), prefix: prefix ? prefixOf(node, mark) : "" };
        sources.set(node, source);
      }
      return print(source.lines.push(chunk), source.prefix);
    },
    end(node) {
      const source = sources.get(node);
      if (source) void print(source.lines.end(), source.prefix);
    },
  };
}

/** Latin-1 maps every byte to one character and back, so that bytes which are no text pass unharmed. */
function prefixed(lines: Uint8Array, prefix: string): Uint8Array {
  if (prefix === "") return lines;
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.length - 1).toString("latin1");
  return Buffer.from(`${prefix}${text.replaceAll("\n", `\n${prefix}`)}\n`, "latin1");
}

function shown(lines: Uint8Array, prefix: string): string {
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.length - 1).toString();
  return text
    .split("\n")
    .map((line) => `${prefix}${visible(line.replace(/\r$/, ""))}\n`)
    .join("");
}
