/**
 * The devices of a shard that are not in use, and when each may connect again: the platform counts the connects of every device, so that
 * one that has just tried must rest.
 */
import { globalIndex, type Segment, shareOf } from './time/segment.ts';

/** Who has rested, or will have. */
export interface Rested {
  /** Places in the device list, in the order of their connects. */
  rows: number[];
  /** When each start is due after the start line (µs). */
  afterUs: number[];
  /** Time until a start line at which each has rested by when it is due (µs). */
  waitUs: number;
}

export class Roster {
  private readonly segment: Segment;
  private readonly restUs: number;
  /** When a device has rested, by row (µs); absent: it has never connected. */
  private readonly restedUs = new Map<number, number>();
  private readonly idle = new Set<number>();

  /** A roster of the segment's share of `devices`. */
  constructor(segment: Segment, devices: number, restUs: number) {
    this.segment = segment;
    this.restUs = restUs;
    const share = shareOf(segment, devices);
    for (let nth = 0; nth < share; nth++) this.idle.add(globalIndex(segment, nth));
  }

  /**
   * The next `count` devices, those first that have rested longest; fewer where there are no more. All segments together make `perSec`
   * connects per second.
   */
  nextTurn(count: number, perSec: number, nowUs: number): Rested {
    const mayStartUs = (row: number): number => this.restedUs.get(row) ?? 0;
    const rows = count > 0 ? [...this.idle].sort((a, b) => mayStartUs(a) - mayStartUs(b) || a - b) : [];
    rows.length = Math.min(rows.length, Math.max(0, count));
    const afterUs = rows.map((_, nth) => Math.round((globalIndex(this.segment, nth) / perSec) * 1e6));
    const waitUs = rows.reduce(
      (most, row, nth) => Math.max(most, mayStartUs(row) - afterUs[nth]! - nowUs),
      0,
    );
    return { rows, afterUs, waitUs };
  }

  started(row: number, nowUs: number): void {
    this.idle.delete(row);
    this.restedUs.set(row, nowUs + this.restUs);
  }

  /** Takes back a device whose connection is gone. */
  ended(row: number): void {
    this.idle.add(row);
  }
}
