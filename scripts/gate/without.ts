/** Loaded first, stands in for what `npm run build` writes into a test build: the rules that are left out. */
Object.assign(globalThis, { PICTL_WITHOUT: process.env["PICTL_WITHOUT"] ?? "" });
