/** Each of these rules as an error. @param {string} plugin @param {string} names */
const all = (plugin, names) =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [`${plugin}/${name}`, "error"]),
  );

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

const namedOnly = {
  selector: "ExportDefaultDeclaration",
  message: "Named exports only, so that one thing has one name everywhere.",
};

export default {
  plugins: ["typescript"],
  // ESLint's own rules: oxlint has many of them itself, but its copies miss some forms, and it has no selectors.
  jsPlugins: [{ name: "eslint-js", specifier: "oxlint-plugin-eslint" }],
  categories: { correctness: "off" },
  // `typeCheck` tells what `tsc` does (`npm run check:types`), from the programs that the typed rules ask.
  options: { typeAware: true, typeCheck: true, reportUnusedDisableDirectives: "error", denyWarnings: true },
  rules: {
    // ESLint's recommended rules. What the parser refuses has none: no-dupe-args, no-octal.
    ...all(
      "eslint-js",
      `constructor-super for-direction getter-return no-array-constructor no-async-promise-executor
      no-case-declarations no-class-assign no-compare-neg-zero no-cond-assign no-const-assign
      no-constant-binary-expression no-constant-condition no-control-regex no-debugger no-delete-var
      no-dupe-class-members no-dupe-else-if no-dupe-keys no-duplicate-case no-empty no-empty-character-class
      no-empty-pattern no-empty-static-block no-ex-assign no-extra-boolean-cast no-fallthrough no-func-assign
      no-global-assign no-import-assign no-invalid-regexp no-irregular-whitespace no-loss-of-precision
      no-misleading-character-class no-new-native-nonconstructor no-nonoctal-decimal-escape no-obj-calls
      no-prototype-builtins no-regex-spaces no-self-assign no-setter-return no-shadow-restricted-names
      no-sparse-arrays no-this-before-super no-unassigned-vars no-unexpected-multiline no-unreachable
      no-unsafe-finally no-unsafe-negation no-unsafe-optional-chaining no-unused-labels
      no-unused-private-class-members no-useless-assignment no-useless-backreference no-useless-catch
      no-useless-escape no-with preserve-caught-error require-yield use-isnan valid-typeof
      no-var prefer-const prefer-rest-params prefer-spread`,
    ),
    // What typescript-eslint has in their place, which knows TypeScript's syntax.
    ...all("eslint", "no-unused-expressions no-useless-constructor"),
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^$" }],
    // The rules that typescript-eslint calls strict; those that ask for types are for TypeScript's files, below.
    ...all(
      "typescript",
      `no-duplicate-enum-values no-dynamic-delete no-empty-object-type no-explicit-any no-extra-non-null-assertion
      no-extraneous-class no-invalid-void-type no-misused-new no-namespace no-non-null-asserted-nullish-coalescing
      no-non-null-asserted-optional-chain no-non-null-assertion no-require-imports no-this-alias
      no-unnecessary-type-constraint no-unsafe-declaration-merging no-unsafe-function-type no-wrapper-object-types
      prefer-as-const prefer-literal-enum-member prefer-namespace-keyword triple-slash-reference unified-signatures`,
    ),
    "typescript/ban-ts-comment": ["error", { minimumDescriptionLength: 10 }],
    "typescript/consistent-type-imports": "error",
    // `== null` is undefined or null.
    "eslint-js/eqeqeq": ["error", "always", { null: "ignore" }],
    "eslint-js/no-restricted-syntax": ["error", namedOnly],
  },
  overrides: [
    {
      files: ["**/*.ts", "**/*.tsx"],
      rules: {
        // All but require-await: a port's method is async for the implementations that wait; those that do not are none
        // the worse.
        ...all(
          "typescript",
          `await-thenable no-array-delete no-base-to-string no-confusing-void-expression no-deprecated
          no-duplicate-type-constituents no-floating-promises no-for-in-array no-generated-empty-object-type
          no-implied-eval no-meaningless-void-operator no-misused-promises no-misused-spread no-mixed-enums
          no-redundant-type-constituents no-unnecessary-boolean-literal-compare no-unnecessary-condition
          no-unnecessary-template-expression no-unnecessary-type-arguments no-unnecessary-type-assertion
          no-unnecessary-type-conversion no-unnecessary-type-parameters no-unsafe-argument no-unsafe-assignment
          no-unsafe-call no-unsafe-enum-assignment no-unsafe-enum-comparison no-unsafe-member-access no-unsafe-return
          no-unsafe-unary-minus no-useless-default-assignment only-throw-error prefer-promise-reject-errors
          prefer-reduce-type-parameter prefer-return-this-type related-getter-setter-pairs unbound-method
          use-unknown-in-catch-callback-variable`,
        ),
        "typescript/restrict-plus-operands": [
          "error",
          {
            allowAny: false,
            allowBoolean: false,
            allowNullish: false,
            allowNumberAndString: false,
            allowRegExp: false,
          },
        ],
        // Numbers in messages are what messages are for.
        "typescript/restrict-template-expressions": ["error", { allowNumber: true }],
        "typescript/return-await": ["error", "error-handling-correctness-only"],
        "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      },
    },
    {
      files: ["src/**/*.ts", "commands/**/*.ts"],
      rules: {
        // What is printed goes through src/cli (or the daemon's log), which knows --json, colour and hostile output.
        "eslint-js/no-console": "error",
      },
    },
    {
      files: ["src/**/*.ts", "commands/**/*.ts"],
      excludeFiles: ["src/cli/**"],
      rules: {
        // Leaving in the middle skips the clean-up of whoever called: throw a PictlError.
        "eslint-js/no-restricted-properties": [
          "error",
          { object: "process", property: "exit", message: "Throw a PictlError." },
          { property: "addEventListener", message: "onAbort() hears an abort that has been, too." },
          neverAny,
        ],
      },
    },
    {
      files: ["src/abort.ts"],
      rules: { "eslint-js/no-restricted-properties": "off" },
    },
    {
      files: ["src/domain/**/*.ts"],
      rules: {
        "eslint-js/no-restricted-globals": [
          "error",
          ...impure.map((name) => ({ name, message: "src/domain is pure: make it an argument." })),
        ],
        "eslint-js/no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: "Time is an argument." },
          { object: "Math", property: "random", message: "Randomness is an argument." },
          neverAny,
        ],
        "eslint-js/no-restricted-syntax": [
          "error",
          { selector: ":function[async=true]", message: "src/domain decides; waiting is for src/app." },
          { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Time is an argument." },
          namedOnly,
        ],
      },
    },
    {
      files: ["src/app/**/*.ts"],
      rules: {
        "eslint-js/no-restricted-globals": [
          "error",
          ...impure.map((name) => ({
            name,
            message: "src/app has the time, and all else from outside, from its ports.",
          })),
        ],
        "eslint-js/no-restricted-properties": [
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
        "eslint-js/no-console": "error",
        // Handlers of events are mostly one call.
        "typescript/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
        "eslint-js/no-restricted-syntax": [
          "error",
          ...["dangerouslySetInnerHTML", "srcdoc"].map((name) => ({
            selector: `JSXAttribute[name.name="${name}"]`,
            message: "What nodes say is text and never markup.",
          })),
          {
            selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|write|writeln)$/]",
            message: "What nodes say is text and never markup.",
          },
          namedOnly,
        ],
      },
    },
    {
      files: ["test/**/*.ts"],
      excludeFiles: ["**/*.test.ts", "test/config/setup.ts"],
      rules: {
        "eslint-js/no-restricted-syntax": [
          "error",
          {
            selector: "Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(All|Each)$/]",
            message: "Files share a process, so this runs for the first one alone: register it where its need arises.",
          },
          ...impatient,
          namedOnly,
        ],
      },
    },
    {
      files: ["test/**/*.test.ts"],
      rules: {
        "eslint-js/no-restricted-syntax": [
          "error",
          {
            selector:
              "CallExpression[callee.object.name='Promise'][callee.property.name='race'] CallExpression[callee.object.name=/^(vi|expect)$/]",
            message:
              "Vitest's waits turn every fake clock on while they last: what loses a race does so in the next test.",
          },
          ...impatient,
          namedOnly,
        ],
      },
    },
    {
      // oclif takes a command file's default export; so do the tools their configs.
      files: ["commands/**/*.ts", "**/vitest.config.ts", "test/config/*.js", "oxlint.config.js"],
      rules: { "eslint-js/no-restricted-syntax": "off" },
    },
    {
      files: ["**/*.js"],
      globals: { console: "readonly", process: "readonly", URL: "readonly" },
      rules: all("eslint", "no-undef no-redeclare"),
    },
  ],
};
