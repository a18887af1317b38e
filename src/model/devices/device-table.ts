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

/** What a signature is made from. As bytes, the secret is a view of where it lies and never becomes a string. */
export interface SigningTriple extends Identity {
  deviceSecret: string | Buffer;
}

/** productKey, deviceName, deviceSecret, clientId: the order of a row's four fields in the text. */
const FIELDS = 4;

/** What crosses to a worker thread: memory that is shared, not copied. Field f of row i is text[offsets[4i+f] … offsets[4i+f+1]). */
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
export interface DeviceRows {
  key(row: number): RowKey;
}

export class DeviceTable implements DeviceRows {
  readonly shared: SharedDevices;
  readonly count: number;
  private readonly text: Buffer;
  private readonly offsets: Uint32Array;

  constructor(shared: SharedDevices) {
    this.shared = shared;
    this.count = shared.count;
    this.text = Buffer.from(shared.text);
    this.offsets = new Uint32Array(shared.offsets);
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

  /** Made afresh on each call, for who needs it seldom. */
  identity(row: number): Identity {
    return {
      productKey: this.productKey(row),
      deviceName: this.deviceName(row),
      clientId: this.clientId(row),
    };
  }

  /** Made afresh on each call: a triple lives only as long as its signing. */
  triple(row: number): Triple {
    return { ...this.identity(row), deviceSecret: this.field(row, 2) };
  }

  /** As `triple`, in a third of its time: the names are decoded in one call, the secret is not decoded at all. */
  signingTriple(row: number): SigningTriple {
    const { start, middle, end } = this.key(row);
    const secretEnd = this.offsets[row * FIELDS + 3]!;
    const names = this.text.toString('utf8', start, end);
    // As long in UTF-16 as in UTF-8: all ASCII, and an offset in bytes is one in characters.
    const isAscii = names.length === end - start;
    const productKey = isAscii ? names.slice(0, middle - start) : this.field(row, 0);
    const deviceName = isAscii ? names.slice(middle - start) : this.field(row, 1);
    return {
      productKey,
      deviceName,
      deviceSecret: this.text.subarray(end, secretEnd),
      clientId: this.field(row, 3) || `${productKey}.${deviceName}`,
    };
  }

  key(row: number): RowKey {
    return keyOf(this.text, this.offsets, row);
  }

  private field(row: number, index: number): string {
    const at = row * FIELDS + index;
    if (this.offsets[at] === this.offsets[at + 1]) return '';
    return this.text.toString('utf8', this.offsets[at]!, this.offsets[at + 1]!);
  }
}

function keyOf(text: Uint8Array, offsets: Uint32Array, row: number): RowKey {
  const at = row * FIELDS;
  return { text, start: offsets[at]!, middle: offsets[at + 1]!, end: offsets[at + 2]! };
}

/** Collects rows; `textBytesHint` (the size of the list's file, say) spares the growing. */
export class DeviceTableBuilder implements DeviceRows {
  private text: Buffer;
  private textLength = 0;
  private offsets = new Uint32Array(1024 * FIELDS + 1);
  private rows = 0;

  constructor(textBytesHint = 64 * 1024) {
    this.text = Buffer.from(new SharedArrayBuffer(Math.max(1024, textBytesHint)));
  }

  get count(): number {
    return this.rows;
  }

  /** Returns the row's index. */
  add(productKey: string, deviceName: string, deviceSecret: string, clientId = ''): number {
    const row = this.rows++;
    if ((row + 1) * FIELDS + 1 > this.offsets.length) {
      const grown = new Uint32Array((this.offsets.length - 1) * 2 + 1);
      grown.set(this.offsets);
      this.offsets = grown;
    }
    this.put(row * FIELDS, productKey);
    this.put(row * FIELDS + 1, deviceName);
    this.put(row * FIELDS + 2, deviceSecret);
    this.put(row * FIELDS + 3, clientId);
    return row;
  }

  key(row: number): RowKey {
    return keyOf(this.text, this.offsets, row);
  }

  build(): DeviceTable {
    const offsets = new SharedArrayBuffer((this.rows * FIELDS + 1) * Uint32Array.BYTES_PER_ELEMENT);
    new Uint32Array(offsets).set(this.offsets.subarray(0, this.rows * FIELDS + 1));
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
