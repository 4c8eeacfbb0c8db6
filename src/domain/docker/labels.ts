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
  /** What was asked for, less every value that may be secret, so that a difference can be named. */
  asked: "io.pictl.asked",
  /** On volumes: the id of a container that somebody wants stopped; who, and when (RFC 3339). */
  stopped: "io.pictl.stopped",
  stoppedBy: "io.pictl.stopped-by",
  stoppedAt: "io.pictl.stopped-at",
  /** On images: digest of the build context. */
  context: "io.pictl.context",
} as const;
