import type { ComponentChildren } from "preact";

/** The top of a page: where one is, what it is about, and what can be done with it. */
export function Head({
  title,
  note,
  back,
  children,
}: {
  title: ComponentChildren;
  note?: ComponentChildren;
  back?: readonly [string, string];
  children?: ComponentChildren;
}) {
  return (
    <div class="page-head">
      <div>
        {back && (
          <p class="trail">
            <a href={`#/${back[0]}`}>{back[1]}</a> /
          </p>
        )}
        <h1>
          {title} {note !== undefined && <span class="quiet">{note}</span>}
        </h1>
      </div>
      {children !== undefined && <div class="buttons">{children}</div>}
    </div>
  );
}
