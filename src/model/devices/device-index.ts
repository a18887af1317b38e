/**
 * (productKey, deviceName) → row, over the bytes of a DeviceTable. An open-addressing hash of row numbers in one Int32Array: about 8 to
 * 16 bytes per device, where a Map of a million strings takes over 100 MB.
 */
import type { DeviceTable, IndexedDevices } from './device-table.ts';

const EMPTY = -1;
/** Linear probing stays short up to this load; beyond it the slots double. */
const MAX_LOAD = 0.6;
/** FNV-1a, 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export class DeviceIndex {
  private readonly rows: IndexedDevices;
  private slots: Int32Array;
  private used = 0;

  /** `rows` may still be growing; a row is found once it was added here. */
  constructor(rows: IndexedDevices, expectedRows = 0) {
    this.rows = rows;
    this.slots = emptySlots(expectedRows);
  }

  /** Over all rows of a finished table. Where a pair occurs twice, the first row is the one that is found. */
  static of(table: DeviceTable): DeviceIndex {
    const index = new DeviceIndex(table, table.count);
    for (let row = 0; row < table.count; row++) index.add(row);
    return index;
  }

  /** The earlier row of the same productKey and deviceName, which then stays the only one indexed; -1 if there is none. */
  add(row: number): number {
    const { text, start, middle, end } = this.rows.key(row);
    const slot = this.slotOf(text, start, middle, end);
    const earlier = this.slots[slot]!;
    if (earlier !== EMPTY) return earlier;
    this.slots[slot] = row;
    this.used++;
    if (this.used > this.slots.length * MAX_LOAD) this.grow();
    return -1;
  }

  /** -1 if there is no such device. */
  find(productKey: string, deviceName: string): number {
    const text = Buffer.from(productKey + deviceName, 'utf8');
    return this.slots[this.slotOf(text, 0, Buffer.byteLength(productKey), text.length)]!;
  }

  /** The slot that holds this pair, or the empty one where it belongs. */
  private slotOf(text: Uint8Array, start: number, middle: number, end: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(text, start, middle, end) & mask;
    for (;;) {
      const row = this.slots[slot]!;
      if (row === EMPTY || this.isPair(row, text, start, middle, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private isPair(row: number, text: Uint8Array, start: number, middle: number, end: number): boolean {
    const own = this.rows.key(row);
    if (own.middle - own.start !== middle - start || own.end - own.start !== end - start) return false;
    for (let i = start, j = own.start; i < end; i++, j++) {
      if (text[i] !== own.text[j]) return false;
    }
    return true;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2).fill(EMPTY);
    for (const row of old) {
      if (row === EMPTY) continue;
      const { text, start, middle, end } = this.rows.key(row);
      this.slots[this.slotOf(text, start, middle, end)] = row;
    }
  }
}

/** A power of two, so that a mask does for the remainder. */
function emptySlots(expectedRows: number): Int32Array {
  let length = 1024;
  while (length * MAX_LOAD <= expectedRows) length *= 2;
  return new Int32Array(length).fill(EMPTY);
}

/** The boundary goes in as well, or `ab`+`c` and `a`+`bc` would always collide. */
function hash(text: Uint8Array, start: number, middle: number, end: number): number {
  let value = FNV_OFFSET ^ (middle - start);
  for (let i = start; i < end; i++) value = Math.imul(value ^ text[i]!, FNV_PRIME);
  // A mask takes the low bits, which FNV mixes poorly on names that count up: fold the high ones in.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return value ^ (value >>> 13);
}
