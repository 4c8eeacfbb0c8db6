import type { ClockReading } from "../node/measures.ts";

/** The node's clock at the beginning and at the end of an examination. */
export interface ClockEnds {
  readonly first: ClockReading;
  readonly last: ClockReading;
}

/** The controller's clock, milliseconds since the epoch, before the question was sent and after the answer came. */
export interface ClockQuestion {
  readonly sentMs: number;
  readonly receivedMs: number;
}

export interface ClockSkew {
  /** Of the node against the controller: positive when the node's clock is ahead. */
  readonly skewMs: number;
  /** The true skew lies within this much of `skewMs`. */
  readonly uncertaintyMs: number;
}

/**
 * How far two clocks are apart, from the four readings of one question and answer (RFC 5905, section 8): the way
 * there and the way back cancel out, and half of what they take together is the uncertainty.
 */
export function clockSkew({ first, last }: ClockEnds, { sentMs, receivedMs }: ClockQuestion): ClockSkew {
  // A reading in whole seconds is on average half a second late.
  const begun = first.ms + first.coarseMs / 2;
  const ended = last.ms + last.coarseMs / 2;
  const underway = Math.max(0, receivedMs - sentMs - (ended - begun));
  return {
    skewMs: Math.round((begun - sentMs + (ended - receivedMs)) / 2),
    uncertaintyMs: Math.round((underway + Math.max(first.coarseMs, last.coarseMs)) / 2),
  };
}
