import { useEffect } from "preact/hooks";
import { Container } from "./pages/container/index.tsx";
import { Containers } from "./pages/containers.tsx";
import { Events } from "./pages/events.tsx";
import { Failover } from "./pages/failover.tsx";
import { Images } from "./pages/images.tsx";
import { pages } from "./pages/index.ts";
import { Login } from "./pages/login.tsx";
import { Logs } from "./pages/logs.tsx";
import { Node } from "./pages/node/index.tsx";
import { Nodes } from "./pages/node/list.tsx";
import { Overview } from "./pages/overview.tsx";
import { Config, Plan, Run } from "./lazy.ts";
import { Notes, Question } from "./parts/controls/doing.tsx";
import { JobsDrawer } from "./parts/results/jobs.tsx";
import { loadLater } from "./parts/display/lazily.tsx";
import { Palette, paletteOpen } from "./parts/controls/palette.tsx";
import { span } from "./parts/display/words.ts";
import { now } from "./state/clock.ts";
import { drawerOpen } from "./state/drawer.ts";
import { go, route } from "./state/route.ts";
import { logOut, session } from "./state/session.ts";
import { clusterName, jobs, wrong } from "./state/store.ts";
import { connect, disconnect, line } from "./state/stream.ts";
import { nextTheme, theme } from "./state/theme.ts";

export function App() {
  if (session.value === undefined) return <p class="empty">Loading …</p>;
  return session.value === null ? <Login /> : <Console />;
}

function Console() {
  useEffect(() => {
    connect();
    setTimeout(loadLater, 1000);
    addEventListener("keydown", onKey);
    return () => {
      disconnect();
      removeEventListener("keydown", onKey);
    };
  }, []);
  const { page, rest } = route.value;
  const title = pages.find(({ id }) => id === page)?.title ?? "pictl";
  useEffect(() => {
    document.title = `${wrong.value.length > 0 ? `(${String(wrong.value.length)}) ` : ""}${rest[0] ?? title} · ${clusterName.value || "pictl"}`;
  });
  // On a phone the menu is a line that is wider than the screen.
  useEffect(() => {
    document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [page]);
  const running = jobs.value.filter(({ state }) => state === "running").length;
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        To the content
      </a>
      <nav class="menu" aria-label="Pages">
        <a class="brand" href="#/overview">
          <img src="icon.svg" alt="" width="24" height="24" />
          <span>{clusterName.value === "" || clusterName.value === "default" ? "pictl" : clusterName.value}</span>
        </a>
        <ul>
          {pages.map(({ id, title: text, icon }) => (
            <li key={id}>
              <a href={`#/${id}`} aria-current={page === id ? "page" : undefined}>
                <svg viewBox="0 0 24 24" aria-hidden="true">
                  <path d={icon} />
                </svg>
                {text}
                {id === "containers" && wrong.value.length > 0 && <span class="count">{wrong.value.length}</span>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <header class="head">
        <Line />
        <button
          type="button"
          class="search"
          onClick={() => {
            paletteOpen.value = true;
          }}
        >
          <span>Go to, or do</span> <kbd>Ctrl K</kbd>
        </button>
        <button
          type="button"
          class="quiet-button"
          aria-expanded={drawerOpen.value}
          onClick={() => {
            drawerOpen.value = !drawerOpen.value;
          }}
        >
          Jobs{running > 0 ? ` (${String(running)})` : ""}
        </button>
        <button type="button" class="quiet-button wide" title="Light, dark, or as the system" onClick={nextTheme}>
          {theme.value === "system" ? "Auto" : theme.value === "dark" ? "Dark" : "Light"}
        </button>
        <button
          type="button"
          class="quiet-button"
          title={`${session.value?.user ?? ""}, ${session.value?.role ?? ""}`}
          onClick={() => void logOut()}
        >
          Log out
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <Page page={page} inner={rest[0]} />
      </main>
      <JobsDrawer />
      <Palette />
      <Question />
      <Notes />
    </div>
  );
}

function Page({ page, inner }: { readonly page: string; readonly inner: string | undefined }) {
  switch (page) {
    case "containers":
      // A container's name has an @ in it.
      if (inner === "plan") return <Plan />;
      return inner === undefined ? <Containers /> : <Container key={inner} />;
    case "nodes":
      return inner === undefined ? <Nodes /> : <Node key={inner} />;
    case "images":
      return <Images />;
    case "logs":
      return <Logs />;
    case "run":
      return <Run />;
    case "events":
      return <Events />;
    case "failover":
      return <Failover />;
    case "config":
      return <Config />;
    default:
      return <Overview />;
  }
}

/** Whether what is shown is as it is now. */
function Line() {
  const { state, sinceMs } = line.value;
  const text =
    state === "live"
      ? "live"
      : state === "connecting"
        ? "connecting …"
        : `cut off for ${span(Math.max(0, now.value - sinceMs))}: what you see is old`;
  return (
    <span class={`line ${state}`} role="status">
      <span aria-hidden="true">{state === "live" ? "●" : "○"}</span> {text}
    </span>
  );
}

let lead = false;

function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    paletteOpen.value = !paletteOpen.value;
    return;
  }
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, textarea, select, dialog *")) return;
  // `g c` goes to the containers, `g n` to the nodes; 1 to 9 to the page of that number.
  const page = /^[1-9]$/.test(event.key)
    ? pages[Number(event.key) - 1]
    : lead
      ? pages.find(({ id }) => id.startsWith(event.key))
      : undefined;
  lead = event.key === "g" && !lead;
  if (page) go(page.id);
  else if (event.key === "/") {
    document.querySelector<HTMLInputElement>("main input.filter")?.focus();
    event.preventDefault();
  }
}
