/** Which devices of a shard a trial connects, and when: as the scenario's stages say, or those first that have rested longest. */
import type { ShardAssignment, TrialOrder } from './protocol.ts';
import { Roster } from './roster.ts';
import { createPacer } from './time/pacer.ts';
import { globalIndex, shareOf } from './time/segment.ts';

/** Connects to come, one after the other. */
export interface Turn {
  count: number;
  /** Place in the device list. */
  row(nth: number): number;
  /** When the nth is due after the start line (µs); never earlier than the one before. */
  afterUs(nth: number): number;
  /** Time until a start line at which each has rested by when it is due (µs). */
  waitUs: number;
}

export class Lineup {
  private readonly assignment: ShardAssignment;
  private readonly devices: number;
  /** Who must rest; there from the first such trial on. */
  private roster: Roster | undefined;

  /** `devices`: how many the whole list has. */
  constructor(assignment: ShardAssignment, devices: number) {
    this.assignment = assignment;
    this.devices = devices;
  }

  /** Connects that make `open` connections as many as ordered; those of the rows in `released` are gone. */
  turn({ starts, connections }: TrialOrder, open: number, released: number[], nowUs: number): Turn {
    const { segment, scenario } = this.assignment;
    const share = shareOf(segment, connections);
    if (starts === 'stages') {
      const pacer = createPacer(scenario.connect.stages);
      const row = (nth: number): number => globalIndex(segment, nth);
      return { count: share, row, afterUs: (nth) => pacer.dueUs(row(nth)), waitUs: 0 };
    }
    this.roster ??= new Roster(segment, this.devices, starts.restUs);
    for (const row of released) this.roster.ended(row);
    const { rows, afterUs, waitUs } = this.roster.nextTurn(share - open, starts.perSec, nowUs);
    return { count: rows.length, row: (nth) => rows[nth]!, afterUs: (nth) => afterUs[nth]!, waitUs };
  }

  started(row: number, nowUs: number): void {
    this.roster?.started(row, nowUs);
  }
}
