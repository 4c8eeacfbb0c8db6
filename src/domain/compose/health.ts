import { quote } from "../shell.ts";
import { isMap, isOn, type Json, nothing, note, type Taken, textOf, textsOf } from "./values.ts";

/** `healthcheck`, as `--health-…`. */
export function healthOf(value: Json | undefined): Taken {
  if (!isMap(value)) return value === undefined ? nothing : note("healthcheck: it is no map; it is left out");
  const test = textOf(value["test"]) === undefined ? textsOf(value["test"]) : ["CMD-SHELL", ...textsOf(value["test"])];
  if (isOn(value["disable"]) || test[0] === "NONE") return { args: ["--no-healthcheck"] };
  const [kind, ...words] = test;
  const command = kind === "CMD" ? words.map(quote).join(" ") : words.join(" ");
  const options = [
    ["--health-interval", "interval"],
    ["--health-timeout", "timeout"],
    ["--health-retries", "retries"],
    ["--health-start-period", "start_period"],
  ].flatMap(([flag = "", key = ""]) => {
    const option = textOf(value[key]);
    return option === undefined ? [] : [flag, option];
  });
  return {
    args: [...(command === "" ? [] : ["--health-cmd", command]), ...options],
    ...(value["start_interval"] === undefined
      ? {}
      : { notes: ["healthcheck.start_interval: Docker has it since version 25 only; it is left out"] }),
  };
}
