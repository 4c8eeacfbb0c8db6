/** What takes longer to build an image, or to bring one to a node, hangs. In milliseconds. */
export const imageTimeoutMs = 60 * 60 * 1000;
