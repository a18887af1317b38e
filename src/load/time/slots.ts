/** The attempts that a shard may have under way at once: its share of maxInFlight. */

/** Who wants one and can wait. */
export interface SlotWaiter {
  /** Called once, when it has been given one. */
  slotFree(): void;
}

export class Slots {
  private readonly load: { readonly connecting: number };
  private readonly most: number;
  /** In the order in which they came. */
  private readonly waiting = new Set<SlotWaiter>();

  /** `load` says how many are taken. */
  constructor(load: { readonly connecting: number }, most: number) {
    this.load = load;
    this.most = most;
  }

  get areTaken(): boolean {
    return this.load.connecting >= this.most;
  }

  /** To be called while they are taken. */
  await(waiter: SlotWaiter): void {
    this.waiting.add(waiter);
  }

  /** It does not want one any more. */
  leave(waiter: SlotWaiter): void {
    this.waiting.delete(waiter);
  }

  /** To be called after an attempt: who has waited longest, if anyone, is given its slot. */
  freed(): void {
    if (this.waiting.size === 0) return;
    const [next] = this.waiting;
    this.waiting.delete(next!);
    next!.slotFree();
  }
}
