// The layers of ARCHITECTURE.md as dependency-cruiser rules: every arrow points down. `test/architecture/layers.test.ts`
// shows for each rule that it fails when broken.

// Aborted signals are listened to, and work is held back, in one way everywhere.
const abort = "^src/(abort|limiter|once)\\.ts$";
// Files of this machine are read, replaced and locked in one way everywhere.
const files = "^src/files/";
const npm = "(^|/)node_modules/";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const layers = [
  {
    name: "domain-is-pure",
    comment:
      "Decisions are tested by values alone and behave the same everywhere, so src/domain imports nothing but itself: no node:*, no npm package.",
    from: { path: "^src/domain/" },
    to: { pathNot: "^src/domain/" },
  },
  {
    name: "app-knows-no-outside",
    comment:
      "A use case runs against whatever implements the ports, so src/app imports the domain, src/abort.ts, p-map, and node:crypto, whose digests are a function of their input. Types of node:stream in ports.ts describe a contract and are no code.",
    from: { path: "^src/app/" },
    to: {
      pathNot: ["^src/(app|domain)/", abort, `${npm}p-map/`, "^(node:)?crypto$"],
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "app-types-know-no-outside",
    comment:
      "A type of another layer would tie a use case to it as much as its code would; the one exception is node:stream in ports.ts.",
    from: { path: "^src/app/" },
    to: { pathNot: ["^src/(app|domain)/", `${npm}p-map/`, "^(node:)?stream$"], dependencyTypes: ["type-only"] },
  },
  {
    name: "abort-stands-alone",
    comment:
      "src/abort.ts, src/limiter.ts and src/once.ts are what app, adapters, checks, cli and drivers share beside the ports; they must not tie them. node:events is there for one setting of signals.",
    from: { path: abort },
    to: { pathNot: "^(node:)?events$" },
  },
  {
    name: "files-stand-alone",
    comment:
      "src/files is shared by adapters, context and cli; it must not tie them. Errors, and how much JSON is read, are all it knows of ours.",
    from: { path: files },
    to: { path: "^(src|commands|bin)/", pathNot: [files, "^src/domain/(errors|json-reader)\\.ts$"] },
  },
  {
    name: "view-is-pure",
    comment:
      "The CLI, the TUI and HTTP show the same values, so src/view turns values into strings and does no input or output: domain, cli-table3, string-width and the string functions of node:util.",
    from: { path: "^src/view/" },
    to: { pathNot: ["^src/(view|domain|app|watch)/", `${npm}(cli-table3|string-width)/`, "^(node:)?util$"] },
  },
  {
    name: "view-runs-no-use-case",
    comment:
      "A view gets what a use case returned, or the live model, so it may know the type of it and nothing else of src/app and src/watch.",
    from: { path: "^src/view/" },
    to: { path: "^src/(app|watch)/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "adapters-know-ports-and-domain",
    comment: "An adapter implements a port. One that called use cases or drivers would turn the arrows round.",
    from: { path: "^src/adapters/" },
    to: {
      path: "^(src|commands|bin)/",
      pathNot: ["^src/adapters/", "^src/app/ports\\.ts$", "^src/domain/", abort, files],
    },
  },
  {
    name: "adapters-are-strangers",
    comment: "One outside thing a folder: an adapter that imports another cannot be replaced or tested alone.",
    from: { path: "^src/adapters/([^/]+)" },
    to: { path: "^src/adapters/", pathNot: "^src/adapters/$1(/|$)" },
  },
  {
    name: "checks-know-ports-and-domain",
    comment: "A heartbeat check gets everything it needs through the ports, so that a new kind is one file.",
    from: { path: "^src/checks/" },
    to: { path: "^(src|commands|bin)/", pathNot: ["^src/checks/", "^src/app/ports\\.ts$", "^src/domain/", abort] },
  },
  {
    name: "check-kinds-are-strangers",
    comment:
      "A kind is added and removed by one line in src/checks/index.ts, which works only while no kind needs another.",
    from: { path: "^src/checks/kinds/([^/]+)" },
    to: { path: "^src/checks/kinds/", pathNot: "^src/checks/kinds/$1" },
  },
  {
    name: "only-context-knows-adapters",
    comment: "src/context.ts is the one place that chooses what stands behind the ports.",
    from: { path: "^(src|commands|bin)/", pathNot: "^src/(context\\.ts$|adapters/|checks/)" },
    to: { path: "^src/(adapters|checks)/" },
  },
  {
    name: "context-is-the-cellar",
    comment:
      "src/context.ts wires adapters to ports; if it knew what uses them, everything would hang together in a ring.",
    from: { path: "^src/context\\.ts$" },
    to: { path: "^(src|commands|bin)/", pathNot: ["^src/(adapters|checks|domain|files)/", "^src/app/ports\\.ts$"] },
  },
  {
    name: "drivers-know-use-cases",
    comment: "Daemon, TUI and HTTP call the same use cases as the commands do and are given their ports.",
    from: { path: "^src/(daemon|tui|http)/" },
    to: {
      path: "^(src|commands|bin)/",
      pathNot: ["^src/(daemon|tui|http|watch|operations|app|view|domain)/", abort],
    },
  },
  {
    name: "watch-knows-use-cases",
    comment:
      "The live model is fed through the ports; what is done with it, and by which face, is none of its business.",
    from: { path: "^src/watch/" },
    to: { path: "^(src|commands|bin)/", pathNot: ["^src/(watch|app|domain)/", abort] },
  },
  {
    name: "operations-know-use-cases",
    comment:
      "An operation declares and calls a use case; every face reads the declaration, so it may know no face. The text of a question is a view's.",
    from: { path: "^src/operations/" },
    to: { path: "^(src|commands|bin)/", pathNot: ["^src/(operations|app|view|domain)/", abort] },
  },
  {
    name: "drivers-are-strangers",
    comment: "The daemon runs without a TUI, the TUI without HTTP: they share use cases and views, not each other.",
    from: { path: "^src/(daemon|tui|http)/" },
    to: { path: "^src/(daemon|tui|http)/", pathNot: "^src/$1/" },
  },
  {
    name: "web-knows-the-api",
    comment:
      "The console runs in a browser and speaks to the API alone. It may know the types of what that says, decisions of the domain, and what is pure of the live model.",
    from: { path: "^src/web/" },
    to: {
      path: "^(src|commands|bin)/",
      pathNot: ["^src/(web|domain)/", "^src/watch/select\\.ts$"],
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "nothing-knows-the-web",
    comment: "The console is a bundle that the server hands out; nothing of it runs here.",
    from: { path: "^(src|commands|bin)/", pathNot: "^src/web/" },
    to: { path: "^src/web/" },
  },
  {
    name: "cli-knows-no-command",
    comment:
      "src/cli is what commands are made of; drivers and the lab are loaded by the command that is named like them.",
    from: { path: "^src/cli/" },
    to: { path: "^(src|commands|bin)/", pathNot: ["^src/(cli|app|view|domain|files)/", "^src/context\\.ts$", abort] },
  },
  {
    name: "commands-are-strangers",
    comment:
      "What two commands share belongs in src/cli or src/app; a command that imports another starts that one's packages too.",
    from: { path: "^commands/" },
    to: { path: "^(commands|bin)/" },
  },
  {
    name: "commands-go-through-cli",
    comment:
      "src/cli opens the context with the flags, the signals and the exit codes every command has; a command that did it alone would differ.",
    from: { path: "^commands/" },
    to: { path: "^src/context\\.ts$" },
  },
  {
    name: "commands-start-light",
    comment:
      "`pictl --help` and completion load commands; a package that is imported at the top is paid for by everybody. Use `await import()`.",
    from: { path: "^commands/" },
    to: { path: npm, pathNot: `${npm}@oclif/core/`, dependencyTypesNot: ["dynamic-import", "type-only"] },
  },
  {
    name: "lab-is-no-product-code",
    comment: "The lab makes throw-away nodes on this machine; nothing that works on real nodes may depend on it.",
    from: { path: "^(src|commands|bin)/", pathNot: ["^src/lab/", "^commands/lab/"] },
    to: { path: "^src/lab/" },
  },
  {
    name: "lab-stands-alone",
    comment: "A lab that used pictl's own SSH or Docker code could not be used to test it.",
    from: { path: "^src/lab/" },
    to: { path: "^(src|commands|bin)/", pathNot: "^src/(lab|domain)/" },
  },
];

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const hygiene = [
  {
    name: "auditor-shares-no-code",
    comment: "The auditor judges what pictl does; one that shared code with it would share its mistakes.",
    from: { path: "^test/auditor/" },
    to: { path: "^(src|commands|bin)/" },
  },
  {
    name: "no-cycles",
    comment: "Files in a ring can only be understood, tested and loaded all together.",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-test-code-in-the-product",
    comment: "The package ships without test/ and scripts/.",
    from: { path: "^(src|commands|bin)/" },
    to: { path: "^(test|scripts)/" },
  },
  {
    name: "no-undeclared-package",
    comment:
      "A package that is not in `dependencies` is missing where pictl is installed. bin/dev.js is not shipped; src/web is bundled for browsers.",
    from: { path: "^(src|commands|bin)/", pathNot: "^(bin/dev\\.js$|src/web/)" },
    to: {
      pathNot: "^\\.\\./dist/",
      dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"],
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "no-unresolvable",
    comment: "An import that leads nowhere fails at the user's.",
    from: {},
    // The bundle that bin/run.js loads is not there before the first build.
    to: { couldNotResolve: true, pathNot: "^\\.\\./dist/" },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [...layers, ...hygiene].map((rule) => ({ ...rule, severity: "error" })),
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "types"] },
  },
};
