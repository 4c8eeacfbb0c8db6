import { expect, onTestFinished } from "vitest";
import type { Progress, ProgressStep } from "../../src/app/ports.ts";

/**
 * Shows nothing; `shown` gets `web@n1: what it does now`. When the test is over, each of its lines must have ended, and once: one that
 * is left open turns for ever in somebody's terminal.
 */
export function openProgress({ shown = [], warned = [] }: { shown?: string[]; warned?: string[] } = {}): Progress {
  const open: string[] = [];
  const begin = (where: string): ProgressStep => {
    open.push(where);
    const end = (): void => {
      const at = open.indexOf(where);
      expect(at, `${where} has ended twice`).not.toBe(-1);
      open.splice(at, 1);
    };
    return { update: (text) => void shown.push(`${where}: ${text}`), done: end, fail: end };
  };
  onTestFinished(() => {
    expect(open, "lines that have not ended").toEqual([]);
  });
  return { step: begin, look: begin, warn: (text) => void warned.push(text) };
}
