/** What stands against a message that is due on an open connection: it is not sent then, and counted with the reason. */
import type { Connection } from '../../client/connection.ts';
import type { Failure } from '../../model/failure.ts';
import { beyondReceiveMaximum } from '../../mqtt/server-limits.ts';

/** Bytes that may wait to be written: as many as the largest message that Aliyun takes. */
const MOST_UNWRITTEN_BYTES = 256 * 1024;
/** Most messages in flight. Packet ids are 16 bits wide: with nearly all of them waiting for their PUBACK there is none for another message. */
const MOST_UNACKED = 65_000;

const BACKPRESSURE: Failure = { phase: 'publish', kind: 'backpressure', code: '' };

/** The reason why a message cannot go while `unacked` others wait for their PUBACK; undefined where it can. */
export function obstacleTo(
  { unwrittenBytes, limits }: Connection,
  qos: number,
  unacked: number,
): Failure | undefined {
  if (unwrittenBytes > MOST_UNWRITTEN_BYTES) return BACKPRESSURE;
  if (qos === 0) return undefined;
  if (unacked >= limits.receiveMaximum) return beyondReceiveMaximum(limits);
  return unacked < MOST_UNACKED ? undefined : BACKPRESSURE;
}
