/** How the stand-in ends connections, and which of them where only a share is cut. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { drawn } from '../../statistics/shuffle.ts';

/** Exactly `share` (0 to 1) of the items, rounded, each as likely as any other; `random` gives numbers in [0, 1). */
export function chooseShare<T>(items: Iterable<T>, share: number, random: () => number): T[] {
  const all = [...items];
  return drawn(all, Math.min(all.length, Math.round(all.length * share)), random);
}

/** A reset needs the bare TCP socket; under TLS and WebSocket the connection is closed without their goodbyes instead. */
export function cutStream(stream: Duplex, how: 'rst' | 'fin'): void {
  if (how === 'rst' && stream instanceof Socket && !(stream instanceof TLSSocket)) stream.resetAndDestroy();
  else stream.destroy();
}

/** Closes after what was written has gone; a peer that does not close its side is not waited for. */
export function closeStream(stream: Duplex): void {
  if (stream instanceof Socket) stream.destroySoon();
  else stream.end();
}
