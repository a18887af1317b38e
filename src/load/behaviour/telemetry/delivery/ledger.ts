/**
 * What was sent and what arrived, held against each other at the end of a run. A receiver cannot know of the last messages it missed:
 * only the sender knows how many there were, and the two may be in different shards. So each shard closes with its ledger.
 */
import type { Ledger } from '../../../../metrics/ledger.ts';
import { type MessageBalance, SHARD_GONE } from '../../../../metrics/totals.ts';
import { SentBooks } from './sent-books.ts';
import { type ShareTally, tallyOf } from './share-tally.ts';

/** Per stream: device and plan of the sender, the highest number so far, and when the receiver closed. */
const RECEIVED_NUMBERS = 4;

/**
 * What was lost and came twice, each receiver by itself, a shared subscription as one receiver.
 * `shards`: how many there were; one that is lost has no ledger.
 */
export function balanceOf(ledgers: Ledger[], shards = ledgers.length): MessageBalance {
  const books = new SentBooks(ledgers.map(({ sent }) => sent));
  const shares = tallyOf(
    ledgers.flatMap(({ shares }) => shares),
    (device, plan) => books.of(device, plan),
  );
  const isWhole = ledgers.length === shards;
  // What a lost shard's members of a group received is in no ledger, and missing in the others.
  const lost = lostByThemselves(ledgers, books) + (isWhole ? shares.lost : 0);
  const lossUnknown = isWhole ? doubtAbout(shares) : SHARD_GONE;
  return { lost, duplicated: shares.duplicated, ...(lossUnknown === undefined ? {} : { lossUnknown }) };
}

function doubtAbout({ doubtful, isWhole }: ShareTally): string | undefined {
  if (!isWhole) return 'more messages went over shared subscriptions than there is room for in the books';
  if (doubtful === 0) return undefined;
  return `${doubtful} more may be: of shared subscriptions, while a member came or went`;
}

function lostByThemselves(ledgers: Ledger[], books: SentBooks): number {
  let lost = 0;
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
