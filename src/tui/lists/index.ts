import { checks } from "./checks.ts";
import { config } from "./config.ts";
import { containers } from "./containers.ts";
import { events } from "./events.ts";
import { images } from "./images.ts";
import type { List } from "./list.ts";
import { nodes } from "./nodes.ts";
import { pulse } from "./pulse.ts";
import { vips } from "./vips.ts";

/** The views, in the order of their keys. */
export const views = [
  "pulse",
  "containers",
  "nodes",
  "images",
  "logs",
  "events",
  "heartbeat",
  "vip",
  "config",
] as const;
export type View = (typeof views)[number];

export const titles: Readonly<Record<View, string>> = {
  pulse: "Pulse",
  containers: "Containers",
  nodes: "Nodes",
  images: "Images",
  logs: "Logs",
  events: "Events",
  heartbeat: "Heartbeat",
  vip: "VIP",
  config: "Config",
};

/** Every view but the logs is a list. */
export type ListView = Exclude<View, "logs">;

export const lists: Readonly<Record<ListView, List>> = {
  pulse,
  containers,
  nodes,
  images,
  events,
  heartbeat: checks,
  vip: vips,
  config,
};
