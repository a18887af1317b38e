/** What the stand-in saw, counted on its own side of the wire: the other set of books that a run's result can be held against. */
import type { Service } from '../../platform/check.ts';
import { FAULTS, type FaultCounter } from '../faults/plan.ts';
import { QUOTAS, type QuotaCounter } from '../quotas/quotas.ts';

/**
 * `connections_*` are transport connections, `tls_handshakes_*` those that were finished (resumed: by an earlier session), `connects_*`
 * answered CONNECTs (`connects_refused_N` by CONNACK code, of MQTT 5 by the code of 3.1.1 that says the same, where one does). `disconnects`
 * are ends of signed-in connections, whoever ended them, so that `connects_ok = disconnects + connections_open`. `kicked` are connections
 * closed because the same device signed in again. `subscribes` and `subscribes_refused` count topic filters. `messages_delivered` are
 * PUBLISH packets sent to devices, replies included. `messages_stored` were kept for a device that was away, `messages_resent` were sent
 * again (DUP) to one that had not acknowledged them; `messages_dropped_away` found no room, became too old in a session, were lost with it
 * before they were sent, or came from others to one that does not read; `messages_too_large` were beyond what a device of MQTT 5 takes in a
 * packet. Bytes are those of the TCP connection, TLS and WebSocket framing included. `connects_securemode_mismatch` were let in though the
 * securemode of their client id is not that of the transport. `auths_*` are answers of the service that gives out tokens (`auths_refused_N`
 * by its code), over `http_connections`, which are in no other count. `registers_ok` were given a secret or a token, over HTTPS or (these
 * are in `connects_ok` too) over MQTT; `registers_refused` are of HTTPS, those of MQTT are in `connects_refused`. `connects_per_minute_max`
 * is the most CONNECTs that any one device made within 60 s, refused ones included. `*_over_*` were beyond a quota: the connects are in
 * `connects_refused` too where they were answered, the subscribes in `subscribes_refused`; `publishes_over_rate` were acknowledged and went
 * no further, `publishes_over_size` ended their connections. The others are faults on request: `messages_dropped` are not in
 * `messages_delivered` (a dropped reply is still in `replies_sent`), `messages_repeated` are in it twice; `connections_cut` are in
 * `disconnects` as well.
 */
export const COUNT_NAMES = [
  'connections_accepted',
  'connections_open',
  'tls_handshakes_full',
  'tls_handshakes_resumed',
  'connects_ok',
  'connects_refused',
  'connects_refused_1',
  'connects_refused_2',
  'connects_refused_3',
  'connects_refused_4',
  'connects_refused_5',
  'connects_securemode_mismatch',
  ...ofQuotas('connects'),
  'connects_per_minute_max',
  'kicked',
  'http_connections',
  ...ofService('auths', [401, 460, 5001]),
  ...ofService('registers', [460, 5001, 6250, 6288, 6289, 6292, 6600]),
  ...ofFaults('connections'),
  'disconnects',
  'subscribes',
  'subscribes_refused',
  ...ofQuotas('subscribes'),
  'publishes_received',
  'publishes_received_qos0',
  'publishes_received_qos1',
  'publishes_received_qos2',
  'publishes_unauthorized',
  ...ofQuotas('publishes'),
  'replies_sent',
  'messages_delivered',
  'messages_stored',
  'messages_resent',
  'messages_dropped_away',
  'messages_too_large',
  'wills_sent',
  ...ofFaults('the rest'),
  'bytes_received',
  'bytes_sent',
] as const;

/** Those of the answers of a service: its codes are those that the stand-in says. */
function ofService<Word extends string, Code extends number>(word: Word, codes: readonly Code[]) {
  return [
    `${word}_ok`,
    `${word}_refused`,
    ...codes.map((code) => `${word}_refused_${code}` as const),
  ] as const;
}

/** Those that quotas keep of what begins with the word, each once. */
function ofQuotas(word: 'connects' | 'subscribes' | 'publishes'): QuotaCounter[] {
  return [...new Set(QUOTAS.map(({ counter }) => counter))].filter((name) => name.startsWith(`${word}_`));
}

/** Those that faults keep: of connections, or of all else. */
function ofFaults(of: 'connections' | 'the rest'): FaultCounter[] {
  return FAULTS.flatMap(({ counters }): readonly FaultCounter[] => counters).filter(
    (name) => name.startsWith('connections_') === (of === 'connections'),
  );
}

type CountName = (typeof COUNT_NAMES)[number];

export type Counts = Record<CountName, number>;

export function zeroCounts(): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as Counts;
}

/** `returnCode` is the one that was sent: 1–5. */
export function countRefusal(counts: Counts, returnCode: number): void {
  counts.connects_refused++;
  const name = `connects_refused_${returnCode}` as CountName;
  if (name in counts) counts[name]++;
}

/** `code` is the service's own: 200 where it did as asked. */
export function countAnswer(counts: Counts, kind: Service['kind'], code: number): void {
  if (code === 200) {
    counts[`${kind}s_ok`]++;
    return;
  }
  counts[`${kind}s_refused`]++;
  const name = `${kind}s_refused_${code}` as CountName;
  if (name in counts) counts[name]++;
}

/** By QoS: names that need not be put together for each message. */
const PUBLISHES = ['publishes_received_qos0', 'publishes_received_qos1', 'publishes_received_qos2'] as const;

export function countPublish(counts: Counts, qos: 0 | 1 | 2): void {
  counts.publishes_received++;
  counts[PUBLISHES[qos]]++;
}
