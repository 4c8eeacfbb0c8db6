/** The pages in the order of the menu; `icon` is a path in a box of 24. The first letter is the key behind `g`. */
export const pages = [
  { id: "overview", title: "Overview", icon: "M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3zM14 14h7v7h-7z" },
  { id: "containers", title: "Containers", icon: "M21 8l-9-5-9 5v8l9 5 9-5zM3 8l9 5 9-5M12 13v8" },
  { id: "nodes", title: "Nodes", icon: "M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01" },
  { id: "images", title: "Images", icon: "M12 3l9 5-9 5-9-5zM3 12l9 5 9-5M3 16l9 5 9-5" },
  { id: "logs", title: "Logs", icon: "M4 6h16M4 10h16M4 14h10M4 18h13" },
  { id: "run", title: "Run", icon: "M4 5l6 7-6 7M13 19h7" },
  { id: "events", title: "Events", icon: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l4 2" },
  { id: "failover", title: "Failover", icon: "M7 4L3 8l4 4M3 8h14M17 12l4 4-4 4M21 16H7" },
  {
    id: "config",
    title: "Config",
    icon: "M4 6h10M18 6h2M4 12h2M10 12h10M4 18h8M16 18h4M14 4v4M6 10v4M12 16v4",
  },
] as const;
