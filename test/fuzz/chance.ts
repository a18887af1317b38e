/** Draws of one case, and the ways to spoil bytes and texts. */

/** What parsers trip over, whatever they parse. */
const NASTY = [
  '\0',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\u001b[2J',
  '__proto__',
  'constructor',
  '-0',
  '1e999',
  'NaN',
  '9007199254740993',
  '"',
  "'",
  '`',
  '\\',
  '\r\n',
  '\t',
  '${',
  '${ENV:X}',
  '{{',
  '%s',
  '&a',
  '*a',
  '<<',
  '!!binary',
  '😀',
  '産品',
];

const LENGTHS = [0, 1, 2, 3, 7, 127, 128, 129, 255, 256, 16_383, 16_384, 65_535, 2_097_151, 268_435_455];

export class Chance {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** 0 … below − 1. */
  upTo(below: number): number {
    return Math.floor(this.random() * below);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.upTo(items.length)]!;
  }

  /** True in this share of draws. */
  is(share: number): boolean {
    return this.random() < share;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.upTo(256)));
  }

  length(): number {
    return this.of(LENGTHS);
  }

  /** A few places changed, cut, doubled or filled up; sometimes none. */
  spoiledBytes(sound: Buffer): Buffer {
    let bytes: Buffer = Buffer.from(sound);
    for (let change = this.upTo(4); change > 0; change--) bytes = this.oneChange(bytes);
    return bytes;
  }

  private oneChange(bytes: Buffer): Buffer {
    const at = this.upTo(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + this.upTo(8));
    switch (this.upTo(6)) {
      case 0: {
        const changed = Buffer.from(bytes);
        if (at < changed.length) changed[at] = this.upTo(256);
        return changed;
      }
      case 1: {
        const changed = Buffer.from(bytes);
        if (at < changed.length) changed[at]! ^= 1 << this.upTo(8);
        return changed;
      }
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
      case 3:
        return Buffer.concat([bytes.subarray(0, at), this.bytes(1 + this.upTo(6)), bytes.subarray(at)]);
      case 4:
        return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
      default:
        return bytes.subarray(0, at);
    }
  }

  /** The same for text, with pieces that mean something to some parser. */
  spoiledText(sound: string, words: readonly string[] = []): string {
    let text = sound;
    for (let change = this.upTo(5); change > 0; change--) {
      const at = this.upTo(text.length + 1);
      const to = Math.min(text.length, at + 1 + this.upTo(12));
      const piece = this.is(0.5) && words.length > 0 ? this.of(words) : this.of(NASTY);
      text = this.of([
        text.slice(0, at) + piece + text.slice(at),
        text.slice(0, at) + piece + text.slice(to),
        text.slice(0, at) + text.slice(to),
        text.slice(0, to) + text.slice(at),
        text.slice(0, at) + String.fromCharCode(this.upTo(0x300)) + text.slice(at),
      ]);
    }
    return text;
  }

  /** In pieces, as a network may deliver it. */
  pieces(bytes: Buffer): Buffer[] {
    if (this.is(0.6)) return [bytes];
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const to = at + 1 + this.upTo(this.is(0.3) ? 2 : 20);
      pieces.push(bytes.subarray(at, to));
      at = to;
    }
    return pieces;
  }
}
