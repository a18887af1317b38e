/**
 * One timer wheel per shard instead of a timer per device: arming and disarming are O(1) and allocate nothing. Slots are one
 * millisecond wide; a timer further ahead than the wheel is long stays in its slot for as many turns as it needs.
 */
import type { Clock } from '../../model/clock.ts';

const SLOTS = 8192;
const SLOT_US = 1000;
/** Longest sleep in slots: with nothing armed within it, the wheel still looks up this often: it bounds the scan for the next armed slot. */
const LONGEST_SLEEP_SLOTS = 64;

/** Armed by Wheel.arm; `fire` is called once at or after `dueUs`, and may arm it again. */
export abstract class WheelTimer {
  /**
   * Time (µs of the clock) at which it fires. Not a small integer even before the first time: the field is one for doubles from the
   * beginning, and its class has one shape.
   */
  dueUs = Number.NaN;
  /** Doubly linked within its slot; both undefined and slot −1 while not armed. */
  slot = -1;
  next: WheelTimer | undefined = undefined;
  previous: WheelTimer | undefined = undefined;

  abstract fire(nowUs: number): void;
}

/** A timer that calls a function, for timers that are few; the many, one per device, are objects that serve as timers themselves. */
export function wheelTimer(fire: (nowUs: number) => void): WheelTimer {
  return new CallingTimer(fire);
}

/** The class of all those: what the wheel handles should be of few shapes, or each access of a property is a search. */
class CallingTimer extends WheelTimer {
  private readonly call: (nowUs: number) => void;

  constructor(call: (nowUs: number) => void) {
    super();
    this.call = call;
  }

  fire(nowUs: number): void {
    this.call(nowUs);
  }
}

export class Wheel {
  private readonly clock: Clock;
  private readonly slots: (WheelTimer | undefined)[] = new Array<WheelTimer | undefined>(SLOTS).fill(
    undefined,
  );
  /** The slot time, in whole slots since the clock's zero, up to which everything has been fired. */
  private doneSlot: number;
  private sleeping: NodeJS.Timeout | undefined;
  private sleepingMs = 0;
  private wakeSlot = Number.POSITIVE_INFINITY;
  private running = false;

  constructor(clock: Clock) {
    this.clock = clock;
    this.doneSlot = Math.floor(clock.nowUs() / SLOT_US);
  }

  start(): void {
    this.running = true;
    this.sleep();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.sleeping);
    this.sleeping = undefined;
    this.wakeSlot = Number.POSITIVE_INFINITY;
  }

  /** Arms (or moves) the timer. A time that has passed fires at the next turn. */
  arm(timer: WheelTimer, dueUs: number): void {
    if (timer.slot >= 0) this.unlink(timer);
    timer.dueUs = dueUs;
    const dueSlot = Math.max(Math.floor(dueUs / SLOT_US), this.doneSlot);
    this.link(timer, dueSlot % SLOTS);
    if (this.running && dueSlot < this.wakeSlot) this.sleepUntil(dueSlot);
  }

  disarm(timer: WheelTimer): void {
    if (timer.slot >= 0) this.unlink(timer);
  }

  /** Fires what is due by now. Public for tests on a clock of their own; otherwise the wheel turns itself. */
  turn(): void {
    const nowUs = this.clock.nowUs();
    const nowSlot = Math.floor(nowUs / SLOT_US);
    // After a hold-up longer than the wheel every slot is looked at once, which finds all that is due.
    const first = Math.max(this.doneSlot, nowSlot - SLOTS + 1);
    // Before anything fires: what is armed from within for a time that has passed goes to the slot that the next turn begins with.
    this.doneSlot = nowSlot;
    const due: WheelTimer[] = [];
    for (let slot = first; slot <= nowSlot; slot++) {
      // The slot of this very millisecond may hold timers due later within it, and any slot those of a later round.
      for (let timer = this.slots[slot % SLOTS]; timer !== undefined; timer = timer.next) {
        if (timer.dueUs <= nowUs) due.push(timer);
      }
    }
    due.sort((a, b) => a.dueUs - b.dueUs);
    for (const timer of due) {
      // One that an earlier one disarmed or moved meanwhile is left alone.
      if (timer.slot < 0 || timer.dueUs > nowUs) continue;
      this.unlink(timer);
      timer.fire(nowUs);
    }
  }

  private sleep(): void {
    const from = this.doneSlot + 1;
    let slot = from;
    // What is left in the slot under way is due within this millisecond.
    const rest = this.slots[this.doneSlot % SLOTS] !== undefined;
    while (!rest && slot < from + LONGEST_SLEEP_SLOTS && this.slots[slot % SLOTS] === undefined) slot++;
    this.sleepUntil(slot);
  }

  private sleepUntil(slot: number): void {
    this.wakeSlot = slot;
    // setTimeout cuts fractions off and would wake before the slot.
    const delayMs = Math.max(1, Math.ceil((slot * SLOT_US - this.clock.nowUs()) / 1000));
    if (this.sleeping !== undefined && delayMs === this.sleepingMs) {
      this.sleeping.refresh();
      return;
    }
    clearTimeout(this.sleeping);
    this.sleepingMs = delayMs;
    this.sleeping = setTimeout(this.wake, delayMs);
  }

  private readonly wake = (): void => {
    // While it turns, timers armed need no waking of their own: sleep() below finds the earliest of them all.
    this.wakeSlot = Number.NEGATIVE_INFINITY;
    this.turn();
    if (this.running) this.sleep();
  };

  private link(timer: WheelTimer, slot: number): void {
    const head = this.slots[slot];
    timer.slot = slot;
    timer.next = head;
    if (head !== undefined) head.previous = timer;
    this.slots[slot] = timer;
  }

  private unlink(timer: WheelTimer): void {
    if (timer.previous !== undefined) timer.previous.next = timer.next;
    else this.slots[timer.slot] = timer.next;
    if (timer.next !== undefined) timer.next.previous = timer.previous;
    timer.slot = -1;
    timer.next = timer.previous = undefined;
  }
}
