export { findConfig } from "./find.ts";
export { openConfigStore } from "./store.ts";
export { acquireLock, lockHolder, type LockHolder } from "./lock.ts";
