export { findConfig } from "./find.ts";
export { openConfigStore } from "./store.ts";
