/**
 * A share i/n of a run. Start k is device k's, and belongs to the segment k mod n: starts interleave over the segments, so that each of
 * them follows the whole schedule thinned out, with no wobble and the same union for every n.
 */
export interface Segment {
  /** 0 … of − 1. */
  index: number;
  of: number;
}

/** How many of `total` fall to the segment; the shares sum to the total for every n. */
export function shareOf(segment: Segment, total: number): number {
  return Math.max(0, Math.ceil((total - segment.index) / segment.of));
}

/** The segment's n-th start (and device), counting from 0 in both. */
export function globalIndex(segment: Segment, nth: number): number {
  return segment.index + nth * segment.of;
}
