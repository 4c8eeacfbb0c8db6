import { checks } from "./checks.ts";
import { configList } from "./config.ts";
import { containersList } from "./containers.ts";
import { eventsList } from "./events.ts";
import { images } from "./images.ts";
import type { List } from "./list.ts";
import { nodesList } from "./nodes.ts";
import { pulse } from "./pulse.ts";
import { vipsList } from "./vips.ts";

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
  containers: containersList,
  nodes: nodesList,
  images,
  events: eventsList,
  heartbeat: checks,
  vip: vipsList,
  config: configList,
};
