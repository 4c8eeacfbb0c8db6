/**
 * Output without what a terminal answers (where its cursor is, what it is, which colours it has): were it shown a second
 * time, the answers would be typed a second time, into whatever runs by then.
 */
export function withoutQueries(output: Uint8Array): Uint8Array {
  // What is made to deceive does so at once, so that this is for programs that mean well.
  // One character a byte, so that bytes that are no UTF-8 come out as they are.
  let text = "";
  for (let from = 0; from < output.length; from += atOnce) {
    text += String.fromCharCode(...output.subarray(from, from + atOnce));
  }
  return Uint8Array.from(text.replace(queries, ""), (letter) => letter.charCodeAt(0));
}

/** More are too many arguments. */
const atOnce = 8192;

/* oxlint-disable eslint-js/no-control-regex -- control characters are the subject here */
/** After xterm's ctlseqs. What is between ESC and the end of a string is bounded, so that this stays linear. */
const queries = new RegExp(
  [
    /\x05/, // ENQ
    /\x1bZ/, // DECID
    /\x1b\[[?>=]?[\d;]{0,32}[cn]/, // DA, DSR
    /\x1b\[>[\d;]{0,32}q/, // XTVERSION
    /\x1b\[\??[\d;]{0,32}\$p/, // DECRQM
    /\x1b\[\?[\d;]{0,32}u/, // the keyboard's mode
    /\x1b\[[\d;]{0,32}x/, // DECREQTPARM
    /\x1b\[(?:1[1345689]|2[01])(?:;\d{0,8})?t/, // the window's size, title and place
    /\x1b\[[\d;]{0,32}\*y/, // DECRQCRA
    /\x1bP[+$]q[^\x1b\x07]{0,1024}(?:\x1b\\|\x07)?/, // DECRQSS, XTGETTCAP
    /\x1b\]\d{1,4}(?:;[^;\x1b\x07]{0,64}){0,4}?;\?[^\x1b\x07]{0,1024}(?:\x1b\\|\x07)?/, // colours, the clipboard
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);
