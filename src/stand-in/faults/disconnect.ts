/** Connections that are cut on request, all or a share of them; and how the stand-in ends connections at all. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { duration, object, share } from '../../input/fields.ts';
import { parseDurationUs } from '../../model/units.ts';
import { drawn } from '../../statistics/shuffle.ts';
import type { Session } from '../endpoint/session.ts';
import { parseList, parseShare, readBy } from '../flag-text.ts';
import { type Fault, oneOrMore } from './fault.ts';

/** The end of a share (0 to 1) of the open connections, so long after the first CONNECT; `fin` when `how` is absent. */
interface Cut {
  atUs: number;
  share: number;
  how?: 'rst' | 'fin';
}

const cut = object({
  at: duration().meta({ description: 'Since the first CONNECT' }),
  share: share().prefault('100%').meta({ description: 'Of the open connections' }),
}).transform((value): Cut => ({ atUs: value.at, share: value.share }));

function parseCuts(given: string): Cut[] | undefined {
  return parseList(given, (part) => {
    const [at = '', percent = '100%', ...more] = part.split(':');
    const atUs = parseDurationUs(at);
    const share = parseShare(percent);
    return atUs === undefined || share === undefined || more.length > 0 ? undefined : { atUs, share };
  });
}

export const disconnect = {
  key: 'disconnect',
  schema: oneOrMore(cut, 'is no disconnect; write { at: 10s, share: 100% } or a list of such').meta({
    description: '{ at, share }, or a list of such: it cuts connections',
  }),
  flags: [
    {
      name: 'disconnect-at',
      type: 'string',
      describe: 'Cut the connections at a time after the first CONNECT: 10s, or 10s:50% for some',
      schema: readBy(parseCuts, 'e.g. 10s, 10s:50% or 10s,20s'),
    },
  ],
  counters: ['connections_cut'],
  begin(cuts, { at, random, counts }) {
    const signedIn = new Set<Session>();
    const draw = random('disconnect');
    return {
      began(nowUs, end) {
        for (const { atUs, share, how = 'fin' } of cuts) {
          at(nowUs + atUs, () => {
            for (const session of chooseShare(signedIn, share, draw)) {
              counts.connections_cut++;
              cutStream(session.stream, how);
              end(session);
            }
          });
        }
      },
      admitted: (session) => signedIn.add(session),
      ended: (session) => signedIn.delete(session),
    };
  },
} as const satisfies Fault<Cut[], 'connections_cut'>;

/** Exactly `share` (0 to 1) of the items, rounded, each as likely as any other; `random` gives numbers in [0, 1). */
export function chooseShare<T>(items: Iterable<T>, share: number, random: () => number): T[] {
  const all = [...items];
  return drawn(all, Math.min(all.length, Math.round(all.length * share)), random);
}

/** A reset needs the bare TCP socket; under TLS and WebSocket the connection is closed without their goodbyes instead. */
function cutStream(stream: Duplex, how: 'rst' | 'fin'): void {
  if (how === 'rst' && stream instanceof Socket && !(stream instanceof TLSSocket)) stream.resetAndDestroy();
  else stream.destroy();
}

/** Closes after what was written has gone; a peer that does not close its side is not waited for. */
export function closeStream(stream: Duplex): void {
  if (stream instanceof Socket) stream.destroySoon();
  else stream.end();
}
