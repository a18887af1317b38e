/** What one receiver has seen of one sender's messages on one plan: which came twice, which came late, and how many it misses. */
import type { ShareGroup } from './share-group.ts';

/** Gaps that are remembered so that a late message is told from a second one; older ones are taken for lost. */
const MOST_GAPS = 1024;

export type Arrival = 'in order' | 'late' | 'duplicate';
/** What a group says of a message that came to one of its members. */
export type Shared = ReturnType<ShareGroup['arrive']>;

export class Stream {
  readonly device: number;
  readonly plan: number;
  /** Messages that it should have had before the highest that came, and that have not come. */
  missing = 0;
  highest = 0;
  /** Intended time of the highest (µs). */
  highestUs = 0;
  /** The receiver's stay that what follows was found out for. */
  stay = -1;
  /** Whether all that come are to be there: a subscription of the receiver's own brings them. */
  isOwed = false;
  /** Whether the server keeps what comes while the receiver is away from its session: it is of QoS 1, and so is what brings it. */
  isKept = false;
  /** Whether it has its first number in this stay. */
  hasBegun = false;
  /** Whether no two subscriptions may bring a copy each. */
  isSingle = true;
  /** Groups of shared subscriptions that get it by turns. */
  groups: ShareGroup[] | undefined = undefined;
  /** Lowest number in the books: what is below came, if at all, before there were any. */
  private bookedFrom = 1;
  /** Numbers that have not come, and whether each counts as missing. */
  private gaps: Map<number, boolean> | undefined = undefined;

  constructor(device: number, plan: number) {
    this.device = device;
    this.plan = plan;
  }

  /** Begins a stay, of which the receiver should have all from this number on. */
  begin(from: number): void {
    this.hasBegun = true;
    this.skipTo(from);
  }

  /** Leaves what is between the highest so far and this number out of the books. */
  skipTo(from: number): void {
    if (from <= this.highest + 1) return;
    this.gaps = undefined;
    this.bookedFrom = from;
    this.highest = from - 1;
  }

  /** Books a number that came: of those between the highest so far and it, all from `owedFrom` on are missing. */
  arrive(seq: number, owedFrom: number): Arrival {
    if (seq > this.highest) {
      const firstMissing = this.highest + 1;
      for (let gap = Math.max(firstMissing, seq - MOST_GAPS); gap < seq; gap++)
        this.gap(gap, gap >= owedFrom);
      this.missing += Math.max(0, seq - Math.max(firstMissing, owedFrom));
      this.highest = seq;
      return 'in order';
    }
    const counts = this.gaps?.get(seq);
    // From before the receiver was there: it is behind a later one, but none of those that count.
    if (counts === undefined) return seq < this.bookedFrom ? 'late' : 'duplicate';
    this.gaps!.delete(seq);
    if (counts) this.missing--;
    return 'late';
  }

  /**
   * How one came to a member of a group. Whoever has gaps of his own anyway knows only what is behind a later one, and his group what came
   * twice.
   */
  arriveShared(seq: number, shared: Shared): Arrival | 'copy' {
    if (shared !== 'first') return shared === 'repeated' ? 'duplicate' : 'copy';
    if (seq < this.highest) return 'late';
    this.highest = seq;
    return 'in order';
  }

  private gap(seq: number, counts: boolean): void {
    this.gaps ??= new Map();
    this.gaps.set(seq, counts);
    if (this.gaps.size > MOST_GAPS) this.gaps.delete(this.gaps.keys().next().value!);
  }
}
