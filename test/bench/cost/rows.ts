/** Who is compared: ours, and what is installed of others'. */
import { findProgram } from '../../support/program.ts';
import { fleetTool } from './tools/fleet.ts';
import { loopTool } from './tools/loop.ts';
import { peerTool } from './tools/peer.ts';
import { PEERS } from './tools/peers.ts';
import type { Tool } from './tools/tool.ts';

/** More than that a thread of MQTT.js cannot do: what falls due faster than it can be begun overruns the broker's backlog in bursts. */
const MQTTJS_CONNECTS_PER_SEC = 2000;

export const WIRE = fleetTool('wire', 'mqtt-fleet, wire', Number.POSITIVE_INFINITY);
export const MQTTJS = fleetTool('mqtt', 'mqtt-fleet, MQTT.js', MQTTJS_CONNECTS_PER_SEC);
export const FLOOR = loopTool('floor', 'floor', Number.POSITIVE_INFINITY);
export const BARE_MQTTJS = loopTool('bare MQTT.js', 'bare-mqttjs', MQTTJS_CONNECTS_PER_SEC);

/** The one that is measured with two threads as well. */
export const THREADED = WIRE;

/**
 * `wanted` are parts of names; none means all. The floor is always there: it is what the others are held against. Throws a TypeError on a
 * part that is in no name.
 */
export function rowsOf(wanted: string[], note: (line: string) => void): Tool[] {
  const isWanted = (name: string): boolean =>
    wanted.length === 0 || wanted.some((part) => name.includes(part));
  const names = [FLOOR, WIRE, MQTTJS, BARE_MQTTJS].map(({ name }) => name);
  const known = [...names, ...PEERS.map(({ program }) => program)];
  const unknown = wanted.find((part) => !known.some((name) => name.includes(part)));
  if (unknown !== undefined) throw new TypeError(`there is no row ${unknown}, but: ${known.join('; ')}`);
  const rows = [WIRE, MQTTJS, BARE_MQTTJS].filter(({ name }) => isWanted(name));
  for (const peer of PEERS.filter(({ program }) => isWanted(program))) {
    const path = findProgram(peer.program);
    if (path === undefined) note(`${peer.program} is not on PATH: skipped`);
    else rows.push(peerTool(peer, path));
  }
  return [FLOOR, ...rows];
}
