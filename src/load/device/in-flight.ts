/**
 * The messages of one device that wait for their PUBACK: intended time by packet id. A Map makes a new table every few messages, which in
 * a device's calm rhythm outlives its youth and fills the heap; here nothing is allocated but when more are on their way than ever before.
 */

const FEWEST = 4;

export class InFlight {
  size = 0;
  /** A message lies at its id modulo the length, a power of two; 0 is no id. */
  private ids: number[] = NONE;
  private times: number[] = NONE;

  /** `id` from 1, not on its way yet. */
  add(id: number, intendedUs: number): void {
    if (this.ids === NONE) this.resize(FEWEST);
    while (this.ids[id & (this.ids.length - 1)] !== 0) this.resize(2 * this.ids.length);
    const at = id & (this.ids.length - 1);
    this.ids[at] = id;
    this.times[at] = intendedUs;
    this.size++;
  }

  /** Its intended time; undefined for one that is not on its way. */
  take(id: number): number | undefined {
    const at = id & (this.ids.length - 1);
    if (id === 0 || this.ids[at] !== id) return undefined;
    this.ids[at] = 0;
    this.size--;
    return this.times[at];
  }

  clear(): void {
    this.ids.fill(0);
    this.size = 0;
  }

  /** Two ids that differ in what a shorter length cut off lie apart in one that is long enough. */
  private resize(length: number): void {
    const { ids, times } = this;
    this.ids = new Array<number>(length).fill(0);
    this.times = new Array<number>(length).fill(0.5);
    for (const [at, id] of ids.entries()) {
      if (id === 0) continue;
      this.ids[id & (length - 1)] = id;
      this.times[id & (length - 1)] = times[at]!;
    }
  }
}

/** Of all devices that have sent nothing. */
const NONE: number[] = [];
