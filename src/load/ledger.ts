/**
 * What was sent and what arrived, held against each other at the end of a run. A receiver cannot know of the last messages it missed:
 * only the sender knows how many there were, and the two may be in different shards. So each shard closes with its ledger.
 */
export interface Ledger {
  /** Triples of device, plan, messages sent. */
  sent: Uint32Array;
  /** Quadruples, one per stream: device and plan of the sender, first message expected, different messages received. */
  received: Uint32Array;
}

/** Over all shards. A sender whose shard is lost counts as having sent nothing: its messages cannot be told from lost ones. */
export function lostMessages(ledgers: Ledger[]): number {
  const sent = new Map<string, number>();
  for (const ledger of ledgers) {
    for (let at = 0; at < ledger.sent.length; at += 3) {
      sent.set(`${ledger.sent[at]}/${ledger.sent[at + 1]}`, ledger.sent[at + 2]!);
    }
  }
  let lost = 0;
  for (const { received } of ledgers) {
    for (let at = 0; at < received.length; at += 4) {
      const last = sent.get(`${received[at]}/${received[at + 1]}`) ?? 0;
      lost += Math.max(0, last - received[at + 2]! + 1 - received[at + 3]!);
    }
  }
  return lost;
}
