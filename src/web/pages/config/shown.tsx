import { Failures } from "../../parts/results/failures.tsx";
import { useLook } from "../../parts/results/use-look.ts";

/** For those who may only look: what the config says, without its comments and secrets. */
export function Shown() {
  const { result, failures } = useLook<{ config: unknown }>("config.show", {});
  return (
    <>
      <p class="quiet">The role admin may change it.</p>
      <Failures failures={failures} />
      {result && (
        <pre class="output" tabIndex={0} aria-label="The config">
          {JSON.stringify(result.config, null, 2)}
        </pre>
      )}
    </>
  );
}
