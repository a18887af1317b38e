/**
 * How large the heap of a shard's thread may become before V8 looks through all of it for garbage. Too small, a thread would do so again
 * and again while its fleet connects; too large, what lost connections leave behind lies there uncollected, for V8
 * never goes below what it began with.
 */

import type { ShardAssignment } from '../load/protocol.ts';
import { shareOf } from '../load/time/segment.ts';
import type { ClientKind } from '../model/scenario.ts';
import { protocolOf } from '../model/target.ts';

/** Code and what the devices share, 16 MB as measured after the rehearsal, and some to spare. */
const BASE_MB = 24;
/** What a connected device holds, 6 KB and 16 KB as measured, and room for what one loss of all of them leaves behind. */
const KB_PER_DEVICE: Record<ClientKind, number> = { wire: 8, mqtt: 26 };
/** What a connection holds besides that is more than bare TCP. */
const KB_PER_LAYERED = 12;
/** Enough for any fleet of today: from there on V8's own rule holds. */
export const MOST_MB = 512;

/**
 * Growth (%) that a heap may have over what was alive, after a first look. V8's own choice is up to 300, which is all the garbage of many
 * losses: memory would go up for minutes on end.
 */
export const HEAP_GROWING_PERCENT = 50;

/** Megabytes for the threads of these assignments, each of which has such a heap of its own. */
export function initialHeapMb(assignments: readonly ShardAssignment[]): number {
  const mostKb = Math.max(
    0,
    ...assignments.map((each) => shareOf(each.segment, each.connections) * kbPerDevice(each)),
  );
  return Math.min(MOST_MB, BASE_MB + Math.ceil(mostKb / 1024));
}

function kbPerDevice({ scenario, target }: ShardAssignment): number {
  const layeredKb = protocolOf(target) === 'mqtt' ? 0 : KB_PER_LAYERED;
  return KB_PER_DEVICE[scenario.client] + layeredKb;
}
