// @ts-check
import js from "@eslint/js";
import { fileURLToPath } from "node:url";
import tseslint from "typescript-eslint";
import { types } from "./types-rule.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const impure = ["process", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "performance"];

const neverAny = {
  object: "AbortSignal",
  property: "any",
  message: "It lets a timeout among its sources be collected, which then never comes: firstOf() of src/abort.ts.",
};

/** Vitest's own waits last a second, which a busy machine lets pass before anything has happened. */
const impatient = [
  "CallExpression[callee.object.name='vi'][callee.property.name=/^wait(For|Until)$/][arguments.length=1]",
  "CallExpression[callee.object.name='vi'][callee.property.name=/^wait(For|Until)$/] > Literal[value<10000]",
  "CallExpression[callee.object.name='vi'][callee.property.name=/^wait(For|Until)$/] > ObjectExpression > Property[key.name='timeout'][value.value<10000]",
  "CallExpression[callee.object.name='expect'][callee.property.name='poll'] > ObjectExpression > Property[key.name='timeout'][value.value<10000]",
].map((selector) => ({ selector, message: "Wait with `patience` of test/support/patience.ts, or 10 s or longer." }));

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "node_modules/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { compiler: { rules: { types } } },
    rules: {
      "compiler/types": "error",
      // A port's method is async for the implementations that wait; those that do not are none the worse.
      "@typescript-eslint/require-await": "off",
      // Numbers in messages are what messages are for.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // `== null` is undefined or null.
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportDefaultDeclaration",
          message: "Named exports only, so that one thing has one name everywhere.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts", "commands/**/*.ts"],
    rules: {
      // What is printed goes through src/cli (or the daemon's log), which knows --json, colour and hostile output.
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts", "commands/**/*.ts"],
    ignores: ["src/cli/**"],
    rules: {
      // Leaving in the middle skips the clean-up of whoever called: throw a PictlError.
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Throw a PictlError." },
        { property: "addEventListener", message: "onAbort() hears an abort that has been, too." },
        neverAny,
      ],
    },
  },
  {
    files: ["src/abort.ts"],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["src/domain/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...impure.map((name) => ({ name, message: "src/domain is pure: make it an argument." })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time is an argument." },
        { object: "Math", property: "random", message: "Randomness is an argument." },
        neverAny,
      ],
      "no-restricted-syntax": [
        "error",
        { selector: ":function[async=true]", message: "src/domain decides; waiting is for src/app." },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Time is an argument." },
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
    },
  },
  {
    files: ["src/app/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...impure.map((name) => ({
          name,
          message: "src/app has the time, and all else from outside, from its ports.",
        })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "The time is ports.clock." },
        { object: "Math", property: "random", message: "Randomness is a port." },
        { object: "AbortSignal", property: "timeout", message: "timeLimit() of src/abort.ts heeds ports.clock." },
        { property: "addEventListener", message: "onAbort() hears an abort that has been, too." },
        neverAny,
      ],
    },
  },
  {
    files: ["src/web/**/*.{ts,tsx}"],
    rules: {
      "no-console": "error",
      // Handlers of events are mostly one call.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": [
        "error",
        ...["dangerouslySetInnerHTML", "srcdoc"].map((name) => ({
          selector: `JSXAttribute[name.name="${name}"]`,
          message: "What nodes say is text and never markup.",
        })),
        {
          selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|write|writeln)$/]",
          message: "What nodes say is text and never markup.",
        },
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    ignores: ["**/*.test.ts", "test/config/setup.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(All|Each)$/]",
          message: "Files share a process, so this runs for the first one alone: register it where its need arises.",
        },
        ...impatient,
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
    },
  },
  {
    files: ["test/**/*.test.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.object.name='Promise'][callee.property.name='race'] CallExpression[callee.object.name=/^(vi|expect)$/]",
          message:
            "Vitest's waits turn every fake clock on while they last: what loses a race does so in the next test.",
        },
        ...impatient,
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
    },
  },
  {
    // oclif takes a command file's default export; so do the tools their configs.
    files: ["commands/**/*.ts", "**/vitest.config.ts", "test/config/*.js"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/*.js"],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, "compiler/types": "off" },
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { console: false, process: false, URL: false },
    },
  },
);
