/** What the groups of shared subscriptions have lost, and received twice, over all shards. */

import type { Doubt, ShareBooks, SharedStream } from '../../../../metrics/ledger.ts';
import type { SentNumbers } from './sent-books.ts';

export interface ShareTally {
  lost: number;
  /** Messages missing, and perhaps owed: meant for a time at which a member was away. */
  doubtful: number;
  /** Messages that came twice, to members in different shards. */
  duplicated: number;
  /** Whether books were kept of all messages. */
  isWhole: boolean;
}

type SentOf = (device: number, plan: number) => SentNumbers | undefined;

export function tallyOf(shares: ShareBooks[], sentOf: SentOf): ShareTally {
  const tally: ShareTally = { lost: 0, doubtful: 0, duplicated: 0, isWhole: true };
  for (const parts of grouped(shares, ({ name }) => name)) {
    const doubts = parts.flatMap((part) => part.doubts);
    const streams = parts.flatMap((part) => part.streams);
    for (const copies of grouped(streams, ({ device, plan }) => `${device}/${plan}`)) {
      const { stream, duplicated } = joined(copies);
      tally.duplicated += duplicated;
      const { lost, doubtful } = lostOf(stream, doubts, sentOf(stream.device, stream.plan));
      tally.lost += lost;
      tally.doubtful += doubtful;
      tally.isWhole &&= stream.isWhole;
    }
  }
  return tally;
}

function grouped<Item>(items: Item[], keyOf: (item: Item) => string): Iterable<Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups.values();
}

/** The same stream as each of the shards knows it. */
function joined(copies: SharedStream[]): { stream: SharedStream; duplicated: number } {
  const length = Math.max(...copies.map(({ words }) => words.length));
  const stream: SharedStream = {
    ...copies[0]!,
    from: Math.min(...copies.map(({ from }) => from)),
    highest: Math.max(...copies.map(({ highest }) => highest)),
    words: new Uint32Array(length),
    intendedUs: new Float64Array(length),
    cameUs: new Float64Array(length),
    connections: new Set(copies.flatMap(({ connections }) => [...connections])),
    isSingle: copies.every(({ isSingle }) => isSingle),
    isWhole: copies.every(({ isWhole }) => isWhole),
  };
  let duplicated = 0;
  for (const { words, intendedUs, cameUs } of copies) {
    for (const [at, word] of words.entries()) {
      if (word === 0) continue;
      duplicated += onesIn(stream.words[at]! & word);
      stream.words[at]! |= word;
      const earliestUs = stream.intendedUs[at]!;
      stream.intendedUs[at] = earliestUs === 0 ? intendedUs[at]! : Math.min(earliestUs, intendedUs[at]!);
      stream.cameUs[at] = Math.max(stream.cameUs[at]!, cameUs[at]!);
    }
  }
  return { stream, duplicated: stream.isSingle ? duplicated : 0 };
}

function lostOf(
  stream: SharedStream,
  doubts: Doubt[],
  sender: SentNumbers | undefined,
): Pick<ShareTally, 'lost' | 'doubtful'> {
  const { from, highest, isWhole } = stream;
  const missed = { lost: 0, doubtful: 0 };
  if (!isWhole || from === Number.POSITIVE_INFINITY) return missed;
  const goneUs = doubts.filter(({ toUs }) => toUs === Number.POSITIVE_INFINITY).map(({ fromUs }) => fromUs);
  const last = Math.max(highest, sender?.settledBy(Math.min(...goneUs)) ?? 0);
  const words = excused(stream, sender?.connectionFrom ?? 1, last);
  const bounds = new ArrivalBounds(stream, sender?.settledUs ?? Number.POSITIVE_INFINITY);
  for (let at = from >>> 5; at <= last >>> 5; at++) {
    const missing = onesIn(~words[at]! & maskOf(at, from, last));
    if (missing > 0) missed[bounds.mayBeAt(at, doubts) ? 'doubtful' : 'lost'] += missing;
  }
  return missed;
}

/** The words of a stream, with what a sender's broken connections may never have carried taken for received. */
function excused(
  { words, highest, connections }: SharedStream,
  connectionFrom: number,
  last: number,
): Uint32Array {
  const marked = new Uint32Array(Math.max(words.length, (last >>> 5) + 1));
  marked.set(words);
  const mark = (seq: number): void => {
    marked[seq >>> 5]! |= 1 << (seq & 31);
  };
  for (const start of connections) {
    for (let seq = start - 1; seq > 0 && !hasSeq(words, seq); seq--) mark(seq);
  }
  for (let seq = highest + 1; seq < connectionFrom && seq <= last; seq++) mark(seq);
  return marked;
}

/** Between which times the messages of a word that never came were at the server: by those of other words that did. */
class ArrivalBounds {
  private readonly stream: SharedStream;
  private readonly settledUs: number;

  constructor(stream: SharedStream, settledUs: number) {
    this.stream = stream;
    this.settledUs = settledUs;
  }

  mayBeAt(at: number, doubts: Doubt[]): boolean {
    if (doubts.length === 0) return false;
    const afterUs = this.afterUs(at);
    const beforeUs = this.beforeUs(at);
    return doubts.some(({ fromUs, toUs }) => fromUs < beforeUs && toUs > afterUs);
  }

  private afterUs(at: number): number {
    const { intendedUs } = this.stream;
    for (let word = Math.min(at, intendedUs.length) - 1; word >= 0; word--) {
      if (intendedUs[word] !== 0) return intendedUs[word]!;
    }
    return 0;
  }

  private beforeUs(at: number): number {
    const { cameUs } = this.stream;
    for (let word = at + 1; word < cameUs.length; word++) {
      if (cameUs[word] !== 0) return Math.min(cameUs[word]!, this.settledUs);
    }
    return this.settledUs;
  }
}

/** The bits of a word that are numbers from `from` to `last`. */
function maskOf(at: number, from: number, last: number): number {
  let mask = -1;
  if (at === from >>> 5) mask &= -1 << (from & 31);
  if (at === last >>> 5) mask &= -1 >>> (31 - (last & 31));
  return mask;
}

function hasSeq(words: Uint32Array, seq: number): boolean {
  return (words[seq >>> 5]! & (1 << (seq & 31))) !== 0;
}

function onesIn(word: number): number {
  let bits = word >>> 0;
  let ones = 0;
  for (; bits !== 0; bits &= bits - 1) ones++;
  return ones;
}
