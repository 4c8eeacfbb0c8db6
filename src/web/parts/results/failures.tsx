import type { Failure } from "../../../domain/errors.ts";

/** What failed: where, what, and what to do. */
export function Failures({ failures }: { readonly failures: readonly Failure[] }) {
  return (
    <>
      {failures.map((failure, index) => (
        <p key={`${failure.message}${String(index)}`} class="problem" role="alert">
          <FailureText failure={failure} />
        </p>
      ))}
    </>
  );
}

export function FailureText({ failure }: { readonly failure: Failure }) {
  const where = [failure.container, failure.node].filter(Boolean).join("@");
  return (
    <>
      {where !== "" && <strong>{where} </strong>}
      {failure.message} {failure.hint !== undefined && <span class="quiet">{failure.hint}</span>}
    </>
  );
}
