import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import sheet from "@xterm/xterm/css/xterm.css";
import { addSheet } from "../parts/charts/sheet.ts";
import { socketAddress } from "../state/stream.ts";
import { openLine } from "./line.ts";
import { allowStyles } from "./nonce.ts";

/** A shell that a page shows. */
export interface Shell {
  /** The page leaves; it goes on for five minutes. */
  leave(): void;
  /** Ends what runs there. */
  end(): void;
}

const theme = {
  background: "#0f1217",
  foreground: "#e6eaf0",
  cursor: "#7db1ff",
  selectionBackground: "#2b4a7a",
};

/** Opens a shell in a place of the page, or the one that this tab had there; `tell` says how it is with it. */
export function openShell(place: HTMLElement, path: string, tell: (note: string) => void): Shell {
  addSheet(sheet);
  allowStyles();
  const terminal = new Terminal({
    fontFamily: getComputedStyle(place).getPropertyValue("--mono"),
    fontSize: 14,
    scrollback: 10_000,
    cursorBlink: true,
    screenReaderMode: true,
    theme,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  fit.fit();
  terminal.focus();
  const line = openLine({
    key: `pictl-terminal ${path}`,
    address: socketAddress(`api/v1/${path}`),
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    // oxlint-disable-next-line eslint-js/no-restricted-syntax -- of a terminal, which draws it: no markup
    draw: (bytes, drawn) => terminal.write(bytes, drawn),
    clear: () => terminal.reset(),
    tell,
  });
  terminal.onData((text) => line.type(new TextEncoder().encode(text)));
  // What is no text, such as reports of the mouse.
  terminal.onBinary((text) => line.type(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  terminal.onResize(() => line.resize());
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(place);
  return {
    leave() {
      observer.disconnect();
      line.leave();
      terminal.dispose();
    },
    end: () => line.end(),
  };
}
