/** The pages in the order of the menu, with the key behind `g`. */
export const pages = [
  { id: "overview", title: "Overview", sign: "◎" },
  { id: "containers", title: "Containers", sign: "▣" },
  { id: "nodes", title: "Nodes", sign: "▤" },
  { id: "images", title: "Images", sign: "◫" },
  { id: "logs", title: "Logs", sign: "≡" },
  { id: "run", title: "Run", sign: "❯" },
  { id: "events", title: "Events", sign: "◷" },
  { id: "failover", title: "Failover", sign: "⇄" },
  { id: "config", title: "Config", sign: "⚙" },
] as const;
