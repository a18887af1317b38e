/** Whether a shard can be talked to, by the first thing that it says. Pure. */
import { type FromShard, PROTOCOL_VERSION } from '../../load/protocol.ts';
import { LEAD_US } from '../trial.ts';

/**
 * Why not, or undefined. The links were opened at `openedUs`, and it is heard at `nowUs`: when it said it lies between the two. A clock that
 * is off by more than LEAD_US would have a start line of its own.
 */
export function objectionTo(first: FromShard, openedUs: number, nowUs: number): string | undefined {
  if (first.type !== 'hello' || first.protocol !== PROTOCOL_VERSION) {
    const version = first.type === 'hello' ? `version ${first.protocol}` : 'another version';
    return `it speaks ${version} of the protocol, this is version ${PROTOCOL_VERSION}: both ends must be the same mqtt-fleet`;
  }
  const offUs = Math.max(openedUs - first.clockUs, first.clockUs - nowUs);
  return offUs > LEAD_US ? `its clock is ${(offUs / 1e6).toFixed(1)} s off` : undefined;
}
