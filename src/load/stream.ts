/** What one receiver has seen of one sender's messages on one plan: which came twice, which came late, and how many came at all. */

/** Gaps that are remembered so that a late message is told from a second one; older ones are taken for lost. */
const MOST_GAPS = 1024;

export type Arrival = 'in order' | 'late' | 'duplicate';

export class Stream {
  readonly device: number;
  readonly plan: number;
  /** The first sequence number that the receiver was there for. */
  readonly expectedFrom: number;
  /** Different messages received. */
  distinct = 0;
  highest: number;
  private readonly gaps = new Set<number>();

  constructor(device: number, plan: number, expectedFrom: number) {
    this.device = device;
    this.plan = plan;
    this.expectedFrom = expectedFrom;
    this.highest = expectedFrom - 1;
  }

  arrive(seq: number): Arrival {
    if (seq > this.highest) {
      for (let missing = Math.max(this.highest + 1, seq - MOST_GAPS); missing < seq; missing++)
        this.gap(missing);
      this.highest = seq;
      this.distinct++;
      return 'in order';
    }
    // From before the receiver was there: it is behind a later one, but none of those that count.
    if (seq < this.expectedFrom) return 'late';
    if (!this.gaps.delete(seq)) return 'duplicate';
    this.distinct++;
    return 'late';
  }

  private gap(seq: number): void {
    this.gaps.add(seq);
    if (this.gaps.size > MOST_GAPS) this.gaps.delete(this.gaps.values().next().value!);
  }
}
