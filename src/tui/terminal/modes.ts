/** Beyond what blessed sets: no wrapping at the right edge, and pastes are marked as such. */
export const enterModes = "\x1b[?7l\x1b[?2004h";

/** Reports of the mouse's buttons and wheel, in numbers that no column is too far for. */
export const mouseOn = "\x1b[?1000h\x1b[?1006h";
export const mouseOff = "\x1b[?1000l\x1b[?1006l";

/**
 * Everything back, whatever was set: a sequence that was cut off is called off (CAN), then the mouse, pastes,
 * colours, scrolling over all lines, keys, the screen that was there before, and what going back to that may have
 * brought along with it: wrapping and the cursor.
 */
export const restoreModes = `\x18${mouseOff}\x1b[?2004l\x1b[0m\x1b(B\x1b[r\x1b[?1l\x1b>\x1b[?1049l\x1b[?7h\x1b[?12l\x1b[?25h`;

/** A text for the clipboard of whoever sits at the terminal (OSC 52). */
export function clipboard(text: string): string {
  return `\x1b]52;c;${Buffer.from(text, "utf8").toString("base64")}\x07`;
}
