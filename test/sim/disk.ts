import type { SavedLeadership, SavedVip, VipReply, VipRequest } from "../../src/app/ports.ts";
import type { Generations } from "../../src/domain/container/copies/generations.ts";
import type { History } from "../../src/domain/history/records.ts";
import type { InhabitedNodes } from "../../src/domain/node/left-behind.ts";
import type { MoveRecord } from "../../src/domain/move/journal.ts";
import type { Process } from "./process.ts";

/** What a controller's machine keeps: its config file, and its state folder. */
export class Disk {
  /** The config file. */
  text: string;
  /** Of moves, by the name of each record. */
  readonly journal = new Map<string, MoveRecord>();
  /** Who has claimed the moves of a container. */
  readonly claims = new Map<string, Process>();
  memory: string | undefined;
  generations: Generations | undefined;
  inhabited: InhabitedNodes | undefined;
  history: History | undefined;
  leadership: SavedLeadership | undefined;
  /** The state folder was put there from another one, or from a backup. */
  isCopied = false;
  /** By address. */
  readonly vips = new Map<string, SavedVip>();
  readonly requests = new Map<string, VipRequest>();
  readonly replies = new Map<string, VipReply>();

  constructor(text: string) {
    this.text = text;
  }
}
