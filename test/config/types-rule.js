import ts from "typescript";

/** Programs of which has been told what concerns no file of theirs. */
const told = new WeakSet();

/**
 * What the compiler finds wrong in a file, as `tsc` tells it (`npm run check:types`), from the program that the typed
 * rules have made and asked already: `tsc` makes one anew, and one more for src/web.
 */
export const types = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const { sourceCode } = context;
    const { program, esTreeNodeToTSNodeMap } = sourceCode.parserServices;
    return {
      Program(node) {
        const file = esTreeNodeToTSNodeMap.get(node);
        const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
        if (!told.has(program)) found.push(...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics());
        told.add(program);
        const at = (index) => sourceCode.getLocFromIndex(index);
        for (const { code, messageText, start, length } of found) {
          const message = `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
          context.report({
            message,
            loc: start === undefined ? node.loc : { start: at(start), end: at(start + length) },
          });
        }
      },
    };
  },
};
