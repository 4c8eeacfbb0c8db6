import uPlot from "uplot";
import sheet from "uplot/dist/uPlot.min.css";
import { addSheet } from "../parts/charts/sheet.ts";
import type { Lines, Sample } from "../state/samples.ts";

export interface Drawn {
  show(samples: readonly Sample[]): void;
  end(): void;
}

const height = 180;
/** A line that has just begun is not drawn as wide as an old one. */
const shortestSeconds = 60;

/** Draws into a place, as wide as it is, in the colours of the page. */
export function draw(place: HTMLElement, { series, text }: Lines): Drawn {
  addSheet(sheet);
  let samples: readonly Sample[] = [];
  let plot = create();
  const size = new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height });
  });
  size.observe(place);
  // Light or dark has changed: the lines have colours of their own.
  const anew = (): void => {
    plot.destroy();
    plot = create();
    plot.setData(dataOf(samples, series));
  };
  const theme = new MutationObserver(anew);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.onchange = anew;

  function create(): uPlot {
    const colour = (name: string): string => resolved(place, name);
    const axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    return new uPlot(
      {
        width: Math.max(place.clientWidth, 200),
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: {
          x: { range: (_plot, least, most) => [Math.min(least, most - shortestSeconds), most] },
          y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] },
        },
        axes: [
          { ...axis, values: (_plot, seconds) => seconds.map(clock) },
          { ...axis, size: 72, values: (_plot, values) => values.map((value) => text(value)) },
        ],
        series: [
          {},
          ...series.map(([label], index) => ({
            label,
            stroke: colour(index === 0 ? "--accent" : "--warn"),
            width: 2,
            points: { show: false },
          })),
        ],
      },
      dataOf(samples, series),
      place,
    );
  }

  return {
    show(now) {
      samples = now;
      plot.setData(dataOf(now, series));
    },
    end() {
      size.disconnect();
      theme.disconnect();
      dark.onchange = null;
      plot.destroy();
    },
  };
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}

function dataOf(samples: readonly Sample[], series: Lines["series"]): uPlot.AlignedData {
  return [samples.map(({ atMs }) => atMs / 1000), ...series.map(([, of]) => samples.map(of))];
}

/** `light-dark(…)` is worked out by the browser, for an element. */
function resolved(place: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
