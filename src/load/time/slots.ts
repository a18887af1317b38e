/** The attempts that a shard may have under way at once: its share of maxInFlight. */

/** Who wants one and can wait. */
export interface SlotWaiter {
  /** Called once, when it has been given one. */
  slotFree(): void;
}

export class Slots {
  private readonly load: { readonly connecting: number };
  private readonly most: number;
  /** Who waits, in the order in which they came. */
  private readonly waiting = new Set<SlotWaiter>();

  /** `load` says how many are taken. */
  constructor(load: { readonly connecting: number }, most: number) {
    this.load = load;
    this.most = most;
  }

  get areTaken(): boolean {
    return this.load.connecting >= this.most;
  }

  /** Lets the waiter wait for a slot; to be called while they are taken. */
  await(waiter: SlotWaiter): void {
    this.waiting.add(waiter);
  }

  /** Forgets a waiter that does not want a slot any more. */
  leave(waiter: SlotWaiter): void {
    this.waiting.delete(waiter);
  }

  /** Gives the slot of an attempt that is over to who has waited longest, if anyone. */
  freed(): void {
    if (this.waiting.size === 0) return;
    const [next] = this.waiting;
    this.waiting.delete(next!);
    next!.slotFree();
  }
}
