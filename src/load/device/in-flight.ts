/**
 * The messages of one device that wait for their PUBACK, by packet id: the intended time of each, and who sent it. A Map makes a new table
 * every few messages, which in a device's calm rhythm outlives its youth and fills the heap; here nothing is allocated but when more are on
 * their way than ever before.
 */

const FEWEST = 4;
/** Packet ids are 16 bits wide; what is above them says whose the message is. Both together are a small integer, which needs no memory. */
const ID_BITS = 16;
const ID_MASK = 0xffff;

export class InFlight {
  size = 0;
  /** A message lies at its id modulo the length, a power of two; 0 is no id. */
  private keys: number[] = NONE;
  private times: number[] = NONE;

  /** `id` from 1, not on its way yet; `owner` from 0 to below 2^14. */
  add(id: number, intendedUs: number, owner: number): void {
    if (this.keys === NONE) this.resize(FEWEST);
    while (this.keys[id & (this.keys.length - 1)] !== 0) this.resize(2 * this.keys.length);
    const at = id & (this.keys.length - 1);
    this.keys[at] = (owner << ID_BITS) | id;
    this.times[at] = intendedUs;
    this.size++;
  }

  /** Who sent it; undefined for one that is not on its way. */
  ownerOf(id: number): number | undefined {
    const key = this.keys[id & (this.keys.length - 1)];
    return id === 0 || key === undefined || (key & ID_MASK) !== id ? undefined : key >> ID_BITS;
  }

  /** The intended time of one that is on its way, and is not any more. */
  take(id: number): number {
    const at = id & (this.keys.length - 1);
    this.keys[at] = 0;
    this.size--;
    return this.times[at]!;
  }

  clear(): void {
    this.keys.fill(0);
    this.size = 0;
  }

  /** Two ids that differ in what a shorter length cut off lie apart in one that is long enough. */
  private resize(length: number): void {
    const { keys, times } = this;
    this.keys = new Array<number>(length).fill(0);
    this.times = new Array<number>(length).fill(0.5);
    for (const [at, key] of keys.entries()) {
      if (key === 0) continue;
      this.keys[key & (length - 1)] = key;
      this.times[key & (length - 1)] = times[at]!;
    }
  }
}

/** The empty table of all devices that have sent nothing. */
const NONE: number[] = [];
