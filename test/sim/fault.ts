import type { Machine } from "./network.ts";
import type { Sickness } from "./world.ts";

/** Something that goes wrong, or that somebody does, as a value. Times are milliseconds. */
export type Fault = {
  readonly at: number;
  /** When it is over; everything is when the quiet time begins. */
  readonly for: number;
} & (
  | { readonly do: "power-off"; readonly node: string }
  /** One direction each. */
  | { readonly do: "cut"; readonly lines: readonly (readonly [Machine, Machine])[] }
  /** The line to a node is cut just when the nth command that fits is on its way there. */
  | { readonly do: "ambush"; readonly what: string; readonly commands: number; readonly bothWays: boolean }
  | { readonly do: "lag"; readonly lines: readonly (readonly [Machine, Machine])[]; readonly ms: number }
  | { readonly do: "docker"; readonly node: string; readonly how: "hangs" | "stops" | "is killed" }
  | ({ readonly do: "sick" } & Sickness)
  /** The process of a container ends. */
  | { readonly do: "exit"; readonly container: string }
  /** Somebody removes a container with docker. */
  | { readonly do: "remove"; readonly container: string }
  | { readonly do: "refuse"; readonly node: string }
  | { readonly do: "no-images"; readonly node: string }
  /** Somebody else's container has a port. */
  | { readonly do: "take-port"; readonly node: string; readonly port: number }
  /** Somebody else's container has the name. */
  | { readonly do: "take-name"; readonly node: string; readonly container: string }
  | { readonly do: "break-config" }
  /** Somebody moves an entry with an editor; `changesMind`: and back when the fault is over. */
  | { readonly do: "edit-layout"; readonly container: string; readonly to: string; readonly changesMind: boolean }
  | { readonly do: "set-clock"; readonly ms: number }
  /** SIGKILL at the nth call of a port that fits; it is started again when the fault is over. */
  | { readonly do: "crash"; readonly what: string; readonly calls: number; readonly side: "before" | "after" }
  /** SIGSTOP, and SIGCONT when it is over. */
  | { readonly do: "stop-daemon" }
  /** SIGTERM, and a new start when it is over. */
  | { readonly do: "terminate" }
  | {
      readonly do: "cli-move";
      readonly container: string;
      readonly to: string;
      readonly crash: { readonly what: string; readonly calls: number; readonly side: "before" | "after" } | undefined;
    }
);
