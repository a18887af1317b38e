/**
 * The triples of a whole run in shared memory: a million devices are one buffer of text and one of offsets, not a million objects, and
 * every worker thread reads the same bytes.
 */

export interface Triple {
  productKey: string;
  deviceName: string;
  deviceSecret: string;
  /** The free part of the MQTT client id; `<productKey>.<deviceName>` where a list gives none. */
  clientId: string;
}

/** A triple without its secret: what topics and reports may know of a device. */
export type Identity = Omit<Triple, 'deviceSecret'>;

/** productKey, deviceName, the first column of its login (a secret), clientId: the order of a row's fields in the text. */
const FIELDS = 4;

/**
 * What crosses to a worker thread: memory that is shared, not copied. Of n fields to a row, field f of row i is
 * text[offsets[ni+f] … offsets[ni+f+1]).
 */
export interface SharedDevices {
  count: number;
  text: SharedArrayBuffer;
  offsets: SharedArrayBuffer;
}

/** The bytes of one row's productKey, text[start … middle), and deviceName, text[middle … end). */
export interface RowKey {
  text: Uint8Array;
  start: number;
  middle: number;
  end: number;
}

/** What device-index needs: of a finished table, or of one that is being built. */
export interface IndexedDevices {
  key(row: number): RowKey;
}

export class DeviceTable implements IndexedDevices {
  readonly shared: SharedDevices;
  readonly count: number;
  /** Fields of one row: four, and one more for each further column of its login. */
  private readonly fields: number;
  private readonly text: Buffer;
  private readonly offsets: Uint32Array;

  constructor(shared: SharedDevices) {
    this.shared = shared;
    this.count = shared.count;
    this.text = Buffer.from(shared.text);
    this.offsets = new Uint32Array(shared.offsets);
    this.fields = this.count === 0 ? FIELDS : (this.offsets.length - 1) / this.count;
  }

  productKey(row: number): string {
    return this.field(row, 0);
  }

  deviceName(row: number): string {
    return this.field(row, 1);
  }

  /** The free part of the client id. A list that gives none gets `<pk>.<dn>`, as the platform's console hands out. */
  clientId(row: number): string {
    return this.field(row, 3) || `${this.productKey(row)}.${this.deviceName(row)}`;
  }

  /** The client id that the list itself gives; '' where it gives none. */
  listedClientId(row: number): string {
    return this.field(row, 3);
  }

  /** Made afresh on each call: the names are decoded in one go. */
  identity(row: number): Identity {
    const { start, middle, end } = this.key(row);
    const names = this.text.toString('utf8', start, end);
    // As long in UTF-16 as in UTF-8: all ASCII, and an offset in bytes is one in characters.
    const isAscii = names.length === end - start;
    const productKey = isAscii ? names.slice(0, middle - start) : this.field(row, 0);
    const deviceName = isAscii ? names.slice(middle - start) : this.field(row, 1);
    return { productKey, deviceName, clientId: this.field(row, 3) || `${productKey}.${deviceName}` };
  }

  /** Made afresh on each call: a triple lives only as long as its signing. */
  triple(row: number): Triple {
    return { ...this.identity(row), deviceSecret: this.secret(row).toString('utf8') };
  }

  /** The first column of the device's login: a view of where it lies, which never becomes a string here. */
  secret(row: number): Buffer {
    const at = row * this.fields + 2;
    return this.text.subarray(this.offsets[at], this.offsets[at + 1]);
  }

  /** Column `nth` of the device's login, of which `secret` is the first. */
  loginColumn(row: number, nth: number): string {
    return this.field(row, nth === 0 ? 2 : FIELDS - 1 + nth);
  }

  key(row: number): RowKey {
    return keyOf(this.text, this.offsets, row * this.fields);
  }

  /** Key of a row's client id alone. */
  clientIdKey(row: number): RowKey {
    return clientIdKeyOf(this.text, this.offsets, row * this.fields);
  }

  private field(row: number, index: number): string {
    const at = row * this.fields + index;
    if (this.offsets[at] === this.offsets[at + 1]) return '';
    return this.text.toString('utf8', this.offsets[at]!, this.offsets[at + 1]!);
  }
}

/** `at` is where the offsets of the row begin. */
function keyOf(text: Uint8Array, offsets: Uint32Array, at: number): RowKey {
  return { text, start: offsets[at]!, middle: offsets[at + 1]!, end: offsets[at + 2]! };
}

function clientIdKeyOf(text: Uint8Array, offsets: Uint32Array, at: number): RowKey {
  return { text, start: offsets[at + 3]!, middle: offsets[at + 3]!, end: offsets[at + 4]! };
}

const NO_MORE: readonly string[] = [];

/** Collects rows, of whose login there are `loginColumns`; `textBytesHint` (the size of the list's file, say) spares the growing. */
export class DeviceTableBuilder implements IndexedDevices {
  private text: Buffer;
  private textLength = 0;
  private readonly fields: number;
  private offsets: Uint32Array;
  private rows = 0;

  constructor(textBytesHint = 64 * 1024, loginColumns = 1) {
    this.fields = FIELDS - 1 + Math.max(1, loginColumns);
    this.offsets = new Uint32Array(1024 * this.fields + 1);
    this.text = Buffer.from(new SharedArrayBuffer(Math.max(1024, textBytesHint)));
  }

  get count(): number {
    return this.rows;
  }

  /** Returns the row's index. `secret` is the first column of its login, `more` are the others. */
  add(productKey: string, deviceName: string, secret: string, clientId = '', more = NO_MORE): number {
    const row = this.rows++;
    const at = row * this.fields;
    if (at + this.fields + 1 > this.offsets.length) {
      const grown = new Uint32Array((this.offsets.length - 1) * 2 + 1);
      grown.set(this.offsets);
      this.offsets = grown;
    }
    this.put(at, productKey);
    this.put(at + 1, deviceName);
    this.put(at + 2, secret);
    this.put(at + 3, clientId);
    for (const [nth, value] of more.entries()) this.put(at + FIELDS + nth, value);
    return row;
  }

  key(row: number): RowKey {
    return keyOf(this.text, this.offsets, row * this.fields);
  }

  /** Key of a row's client id alone: for lists in which that makes a device. */
  clientIdKey(row: number): RowKey {
    return clientIdKeyOf(this.text, this.offsets, row * this.fields);
  }

  build(): DeviceTable {
    const length = this.rows * this.fields + 1;
    const offsets = new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT);
    new Uint32Array(offsets).set(this.offsets.subarray(0, length));
    return new DeviceTable({
      count: this.rows,
      text: this.text.buffer as unknown as SharedArrayBuffer,
      offsets,
    });
  }

  private put(at: number, value: string): void {
    // UTF-8 takes at most three bytes per UTF-16 unit.
    if (this.textLength + value.length * 3 > this.text.length) this.growText(value.length * 3);
    this.textLength += this.text.write(value, this.textLength, 'utf8');
    this.offsets[at + 1] = this.textLength;
  }

  private growText(atLeast: number): void {
    const grown = Buffer.from(new SharedArrayBuffer(this.text.length * 2 + atLeast));
    this.text.copy(grown, 0, 0, this.textLength);
    this.text = grown;
  }
}
