import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { cordon, heartbeatNow } from "../../deeds/cluster.ts";
import { lifecycle } from "../../deeds/containers.ts";
import { type Deed, doIt } from "../../state/doing.ts";
import { go } from "../../state/route.ts";
import { may, session } from "../../state/session.ts";
import { containers, nodes } from "../../state/store.ts";
import { nextTheme } from "../../state/theme.ts";
import { pages } from "../../pages/index.ts";
import { Dialog } from "./dialog.tsx";

export const paletteOpen = signal(false);

interface Entry {
  readonly text: string;
  readonly hint: string;
  readonly run: () => void;
}

/** Ctrl-K: every page, container, node and what can be done, by a few letters of each word. */
export function Palette() {
  return paletteOpen.value ? <Open /> : null;
}

function Open() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = matching(entries(), text).slice(0, 12);
  const close = (): void => {
    paletteOpen.value = false;
  };
  const choose = (entry: Entry | undefined): void => {
    close();
    entry?.run();
  };
  return (
    <Dialog label="Go to, or do" onClose={close}>
      <input
        class="palette-input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length > 0 ? `palette-${String(at)}` : undefined}
        aria-label="Go to, or do"
        placeholder="A page, a container, a node, or what to do"
        autofocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else if (event.key === "Enter") choose(found[at]);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="What fits" class="palette-list">
        {found.map((entry, index) => (
          <li
            key={entry.text}
            id={`palette-${String(index)}`}
            role="option"
            aria-selected={index === at}
            onClick={() => choose(entry)}
          >
            <span>{entry.text}</span>
            <span class="quiet">{entry.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="empty">Nothing fits.</p>}
    </Dialog>
  );
}

function entries(): readonly Entry[] {
  const views = pages.map(({ id, title }) => ({ text: title, hint: "page", run: () => go(id) }));
  const rows = containers.value.flatMap(({ key, state }) => [
    place(key, state, `containers/${encodeURIComponent(key)}`),
    ...(["start", "stop", "restart"] as const).flatMap((verb) => todo(lifecycle(verb, [key]))),
    place(`Logs of ${key}`, "logs", `containers/${encodeURIComponent(key)}?tab=logs`),
    ...terminal(key, "containers"),
  ]);
  const hosts = nodes.value.flatMap(({ node, facts }) => [
    place(node, "node", `nodes/${encodeURIComponent(node)}`),
    ...todo(cordon(node, !facts.cordoned)),
    ...terminal(node, "nodes"),
  ]);
  return [
    ...views,
    place("Plan and apply", "what differs from the config", "containers/plan"),
    ...todo(heartbeatNow()),
    { text: "Light, dark, or as the system", hint: "theme", run: nextTheme },
    ...rows,
    ...hosts,
  ];
}

function place(text: string, hint: string, path: string): Entry {
  return { text, hint, run: () => go(path) };
}

function todo(deed: Deed): readonly Entry[] {
  return may(deed.role) ? [{ text: deed.title, hint: deed.command, run: () => doIt(deed) }] : [];
}

function terminal(name: string, of: "containers" | "nodes"): readonly Entry[] {
  if (session.value?.terminal !== true || !may("admin")) return [];
  return [place(`Terminal in ${name}`, "terminal", `${of}/${encodeURIComponent(name)}?tab=terminal`)];
}

function matching(all: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((entry) => words.every((word) => entry.text.toLowerCase().includes(word)));
}
