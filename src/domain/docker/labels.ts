/** The labels on everything pictl makes. A container without our cluster's label is never touched. */
export const labels = {
  cluster: "io.pictl.cluster",
  container: "io.pictl.container",
  /** Grows with each placement; the copy with the greatest one is the right one. */
  generation: "io.pictl.generation",
  /** Digest of what was asked for, so that a changed config shows. */
  digest: "io.pictl.digest",
  /** On networks: the container whose new copy waits there for the ports of the old one. */
  waiting: "io.pictl.waiting",
  /** On images: digest of the build context. */
  context: "io.pictl.context",
} as const;
