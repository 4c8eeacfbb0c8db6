export { openNodes, type NodesOptions } from "./nodes.ts";
