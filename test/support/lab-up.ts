/** Brings a lab up in a process of its own, for tests that kill it: `tsx lab-up.ts OPTIONS_AS_JSON`. */
import { labUp, type LabOptions } from "../../src/lab/index.ts";
import { silent } from "./test-lab.ts";

const [options = "{}"] = process.argv.slice(2);
await labUp(JSON.parse(options) as LabOptions, silent);
