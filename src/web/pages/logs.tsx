import { LogView } from "../parts/log-view.tsx";
import { remember, route } from "../state/route.ts";
import { containers } from "../state/store.ts";
import { useState } from "preact/hooks";

export function Logs() {
  const [chosen, setChosen] = useState<readonly string[]>(() =>
    (route.value.query.get("of") ?? "").split(",").filter(Boolean),
  );
  const choose = (keys: readonly string[]): void => {
    setChosen(keys);
    remember({ of: keys.join(",") });
  };
  const rest = containers.value.filter(({ key }) => !chosen.includes(key));
  return (
    <div class="page-full">
      <h1>Logs</h1>
      <div class="toolbar">
        <select
          aria-label="Add a container"
          value=""
          onChange={(event) => {
            if (event.currentTarget.value) choose([...chosen, event.currentTarget.value]);
            event.currentTarget.value = "";
          }}
        >
          <option value="">{chosen.length === 0 ? "All containers" : "Add a container …"}</option>
          {rest.map(({ key }) => (
            <option key={key} value={key}>
              {key}
            </option>
          ))}
        </select>
        {chosen.map((key) => (
          <button
            key={key}
            type="button"
            class="chip"
            aria-label={`Without ${key}`}
            onClick={() => choose(chosen.filter((each) => each !== key))}
          >
            {key} ×
          </button>
        ))}
      </div>
      <LogView containers={chosen} />
    </div>
  );
}
