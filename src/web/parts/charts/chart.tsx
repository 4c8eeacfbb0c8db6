import { useEffect, useRef } from "preact/hooks";
import type { Drawn } from "../../charts/draw.ts";
import type { Lines, Sample } from "../../state/samples.ts";

interface Props extends Lines {
  readonly title: string;
  readonly samples: readonly Sample[];
}

/** Lines over time, with the newest values in words beside them. What draws is loaded when the first is shown. */
export function Chart({ title, samples, series, text }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | undefined>(undefined);
  const data = useRef(samples);
  data.current = samples;
  useEffect(() => {
    let left = false;
    void import("../../charts/draw.ts").then(({ draw }) => {
      if (left || !place.current) return;
      drawn.current = draw(place.current, { series, text });
      drawn.current.show(data.current);
    });
    return () => {
      left = true;
      drawn.current?.end();
    };
  }, []);
  useEffect(() => drawn.current?.show(samples), [samples]);
  const last = samples.at(-1);
  const words = series.map(([name, of]) => `${name} ${text(last && of(last))}`).join(", ");
  return (
    <figure class="chart card">
      <figcaption>
        {title} <span class="quiet">{words}</span>
      </figcaption>
      <div
        ref={place}
        class={`chart-place ${samples.length < 2 ? "empty-yet" : ""}`}
        role="img"
        aria-label={`${title}, ${words}`}
      />
      {samples.length < 2 && <p class="quiet chart-note">The line grows as it is measured, every two seconds.</p>}
    </figure>
  );
}
