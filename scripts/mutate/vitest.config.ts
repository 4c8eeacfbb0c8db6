/** The unit tests, in one process and the given order, on sources with a mutant or with marks (`plugin.ts`). */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { mutation } from "./plugin.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const order = (process.env["PICTL_TESTS"] ?? "").split(" ");

class AsGiven extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => order.findIndex((each) => moduleId.endsWith(each));
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}

export default defineConfig({
  root,
  plugins: [mutation(root, process.env["PICTL_MUTANT"] ?? "")],
  define: { PICTL_WITHOUT: '""' },
  test: {
    setupFiles: ["scripts/mutate/setup.ts"],
    include: [
      "test/{adapters,app,checks,daemon,files,operations,sim,view,watch}/**/*.test.ts",
      "test/domain/{leadership,vip}/**/*.test.ts",
    ],
    exclude: ["test/**/*.lab.test.ts", "test/adapters/elasticsearch/**"],
    sequence: { sequencer: AsGiven },
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
