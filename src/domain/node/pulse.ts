import { sectionsCommand, splitSections } from "./sections.ts";
import { type NodeProbe, parseProbe, nodeSections as probeSections } from "./probe.ts";
import { type NodeSample, parseNodeSample, usageSections as sampleSections } from "./usage.ts";

/** What a node that is watched tells every few seconds. */
export interface Pulse {
  readonly probe: NodeProbe;
  readonly sample: NodeSample;
  /** The hottest of its sensors; null where it has none. */
  readonly temperatureCelsius: number | null;
  /** Its addresses, without prefix length, and for how many seconds more the kernel keeps each: Infinity without an end. */
  readonly addresses: ReadonlyMap<string, number>;
}

const { hostname, uname, os, cpus, ...moving } = probeSections;
const sections = { ...moving, ...sampleSections, heat: "cat /sys/class/thermal/thermal_zone*/temp 2>/dev/null" };

/** What changes: it takes the node half as many processes as everything. */
export const pulseCommand = sectionsCommand(sections);
/** The same, with what stays as it is until the node is started anew. */
export const firstPulseCommand = sectionsCommand({ hostname, uname, os, cpus, ...sections });

/** Reads what either command printed; what `pulseCommand` leaves out is as `before`. Never throws. */
export function parsePulse(output: string, before?: Pick<Pulse, "probe">): Pulse {
  const told = parseProbe(output);
  const text = splitSections({ heat: "", addresses: "" }, output);
  const fixed = before && {
    hostname: before.probe.hostname,
    os: before.probe.os,
    arch: before.probe.arch,
    kernel: before.probe.kernel,
    cpus: before.probe.cpus,
  };
  return {
    probe: { ...told, ...fixed },
    sample: parseNodeSample(output),
    temperatureCelsius: hottest(text.heat),
    addresses: new Map([...text.addresses.matchAll(/ inet6? ([0-9a-fA-F.:]+)(.*)/g)].map(lifetime)),
  };
}

function lifetime([, address = "", rest = ""]: RegExpExecArray): [string, number] {
  const seconds = / valid_lft (\d+)sec/.exec(rest)?.[1];
  return [address, seconds === undefined ? Infinity : Number(seconds)];
}

/** Thousandths of a degree; what a sensor says that is not connected is no temperature. */
function hottest(text: string): number | null {
  const degrees = [...text.matchAll(/^(\d{1,7})$/gm)].map((match) => Number(match[1]) / 1000);
  const credible = degrees.filter((each) => each > 0 && each < 150);
  return credible.length === 0 ? null : Math.round(Math.max(...credible) * 10) / 10;
}
