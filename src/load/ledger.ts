/**
 * What was sent and what arrived, held against each other at the end of a run. A receiver cannot know of the last messages it missed:
 * only the sender knows how many there were, and the two may be in different shards. So each shard closes with its ledger.
 */
import type { Ledger } from '../metrics/ledger.ts';
import { SentBooks } from './sent-books.ts';
import { type ShareTally, tallyOf } from './share-tally.ts';

/** Per stream: device and plan of the sender, the highest number so far, and when the receiver closed. */
const RECEIVED_NUMBERS = 4;

/** Over all shards, each receiver by itself, a shared subscription as one receiver. */
export function lostMessages(ledgers: Ledger[]): number {
  const books = new SentBooks(ledgers.map(({ sent }) => sent));
  let lost = sharesOf(ledgers, books).lost;
  for (const { received, missing } of ledgers) {
    lost += missing;
    for (let at = 0; at < received.length; at += RECEIVED_NUMBERS) {
      const sender = books.of(received[at]!, received[at + 1]!);
      if (sender === undefined) continue;
      const untilSeq = Math.max(received[at + 2]!, sender.connectionFrom - 1);
      lost += Math.max(0, sender.settledBy(received[at + 3]!) - untilSeq);
    }
  }
  return lost;
}

/** Those that members of one group in different shards received: no shard can know of them. */
export function duplicatesAcrossShards(ledgers: Ledger[]): number {
  return sharesOf(ledgers, new SentBooks(ledgers.map(({ sent }) => sent))).duplicated;
}

function sharesOf(ledgers: Ledger[], books: SentBooks): ShareTally {
  return tallyOf(
    ledgers.flatMap(({ shares }) => shares),
    (device, plan) => books.of(device, plan),
  );
}
