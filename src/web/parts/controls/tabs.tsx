import type { ComponentChildren } from "preact";
import { remember, route } from "../../state/route.ts";

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly show: () => ComponentChildren;
}

/** Views of one thing side by side; which one is shown stands in the address. Arrows go from one to the next. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const wanted = route.value.query.get("tab");
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === wanted),
  );
  const go = (index: number): void => {
    const id = tabs[(index + tabs.length) % tabs.length]?.id ?? "";
    remember({ tab: id });
    document.getElementById(`tab-${id}`)?.focus();
  };
  return (
    <>
      <div
        class="tabs"
        role="tablist"
        aria-label={label}
        onKeyDown={({ key }) => {
          if (key === "ArrowRight" || key === "ArrowLeft") go(at + (key === "ArrowRight" ? 1 : -1));
        }}
      >
        {tabs.map(({ id, title }, index) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={index === at}
            aria-controls="tab-panel"
            tabIndex={index === at ? 0 : -1}
            onClick={() => go(index)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tabs[at]?.id ?? ""}`} class="panel">
        {tabs[at]?.show()}
      </div>
    </>
  );
}
