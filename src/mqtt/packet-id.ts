/** The ids that packets of one sender are told apart by (MQTT 3.1.1, 2.3.1). */

const MOST = 0xffff;

/** 1 … 65535, and then 1 again; free unless that many wait for their acknowledgement, which the caller sees to. `last` is 0 at first. */
export function nextPacketId(last: number): number {
  return last === MOST ? 1 : last + 1;
}
