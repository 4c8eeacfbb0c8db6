/**
 * `npx tsx scripts/tui-picture.ts`: the README's picture of `pictl tui`, from a real run on a lab of which one node has lost
 * its power. Needs root, a build and tmux; writes docs/tui.svg.
 */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";
import { labKill } from "../src/lab/index.ts";
import { onLab, ports } from "./bench/lab.ts";

const [columns, rows] = [116, 26];
/** The sixteen colours of a terminal, and those of the others that views use. */
const palette = [
  ...["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4"],
  ...["#7f848e", "#ff7b86", "#b5e890", "#ffd88a", "#82c4ff", "#e29bff", "#7fdbe6", "#ffffff"],
];

const root = fileURLToPath(new URL("..", import.meta.url));
const server = `pictl-picture-${process.pid}`;
const tmux = (...words: string[]): string =>
  execFileSync("tmux", ["-L", server, "-f", "/dev/null", ...words], { encoding: "utf8" });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await onLab({ name: "attic", nodes: 3, docker: true }, async ({ config }) => {
  const wanted = JSON.parse(await readFile(config, "utf8")) as object;
  const layout = [
    { node: "n1", web: "-p 8080:80", clock: "" },
    { node: "n2", web: "-p 8080:80", clock: "" },
    { node: "n3", web: "-p 8080:80" },
  ];
  await writeFile(
    config,
    JSON.stringify({
      ...wanted,
      cluster: "attic",
      layout,
      hb: [],
      vip: undefined,
      vip_ip: undefined,
      automatic_heartbeat: "disabled",
    }),
    { mode: 0o600 },
  );
  const pictl = `${process.execPath} ${root}bin/run.js`;
  execFileSync(
    "sh",
    ["-c", `${pictl} create --config ${config}; ${pictl} exec --node n2 'docker kill clock' --config ${config}`],
    {
      stdio: "inherit",
    },
  );
  tmux(
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    `LC_ALL=C.UTF-8 ${pictl} tui --config ${config}`,
  );
  try {
    await shown("nodes 3/3");
    await labKill({ name: "attic", node: "n3" }, ports);
    await shown("nodes 2/3");
    await pause(3000);
    const screen = tmux("capture-pane", "-e", "-p").replaceAll("\n", "\r\n").trimEnd();
    await writeFile(`${root}docs/tui.svg`, await picture(screen));
  } finally {
    tmux("kill-server");
  }
});

async function shown(text: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (tmux("capture-pane", "-p").includes(text)) return;
    await pause(200);
  }
  throw new Error(`the screen does not show ${text}`);
}

function colourOf(index: number, isDefault: boolean, standard: string): string {
  if (isDefault) return standard;
  if (index < 16) return palette[index] ?? standard;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey},${grey},${grey})`;
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

/** The screen as an SVG: a rectangle for each ground, a text for each run of one look. */
async function picture(screen: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    terminal.write(screen, resolve);
  });
  const [cellWidth, cellHeight, margin] = [8.4, 18, 14];
  const parts: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const line = terminal.buffer.active.getLine(row);
    for (let column = 0; column < columns; column += 1) {
      const cell = line?.getCell(column);
      const text = cell?.getChars() ?? "";
      if (!cell || (text === "" && cell.isBgDefault())) continue;
      const [x, y] = [margin + column * cellWidth, margin + row * cellHeight];
      if (!cell.isBgDefault()) {
        parts.push(
          `<rect x="${x.toFixed(1)}" y="${y}" width="${cellWidth + 0.3}" height="${cellHeight}" fill="${colourOf(cell.getBgColor(), false, "")}"/>`,
        );
      }
      if (text.trim() === "") continue;
      const fill = colourOf(cell.getFgColor(), cell.isFgDefault(), "#c8ccd4");
      const bold = cell.isBold() ? ' font-weight="bold"' : "";
      const shown = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      parts.push(`<text x="${x.toFixed(1)}" y="${y + 13.5}" fill="${fill}"${bold}>${shown}</text>`);
    }
  }
  terminal.dispose();
  const [width, height] = [Math.ceil(2 * margin + columns * cellWidth), 2 * margin + rows * cellHeight];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="pictl tui: a node without power and a container that was killed, with the keys that help">\n` +
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>\n` +
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">\n${parts.join("\n")}\n</g>\n</svg>\n`
  );
}
