/** Who is compared: ours, and what is installed of others'. */
import { findProgram } from '../../support/program.ts';
import type { Part } from './flags.ts';
import { fleetTool } from './tools/fleet.ts';
import { loopTool } from './tools/loop.ts';
import { peerTool } from './tools/peer.ts';
import { PEERS } from './tools/peers.ts';
import { secureTime } from './tools/s-time.ts';
import type { Tool } from './tools/tool.ts';

/** More than that a thread of MQTT.js cannot do: what falls due faster than it can be begun overruns the broker's backlog in bursts. */
const MQTTJS_CONNECTS_PER_SEC = 2000;

export const WIRE = fleetTool('wire', 'mqtt-fleet, wire', Number.POSITIVE_INFINITY);
export const MQTTJS = fleetTool('mqtt', 'mqtt-fleet, MQTT.js', MQTTJS_CONNECTS_PER_SEC);
export const FLOOR = loopTool('floor', 'floor', Number.POSITIVE_INFINITY);
export const BARE_MQTTJS = loopTool('bare MQTT.js', 'bare-mqttjs', MQTTJS_CONNECTS_PER_SEC);

const S_TIME = 'openssl s_time';

/** Whose rows a part has. */
export function rowsIn(part: Part, tools: Tool[]): Tool[] {
  if (part === 'd' || part === 'f') return tools.filter((tool) => tool === WIRE);
  if (part !== 'e') return tools.filter(({ name }) => name !== S_TIME);
  return tools.filter((tool) => [FLOOR, WIRE, MQTTJS].includes(tool) || tool.name === S_TIME);
}

/**
 * `wanted` are parts of names; none means all. The floor is always there: it is what the others are held against. Throws a TypeError on a
 * part that is in no name.
 */
export function rowsOf(wanted: string[], note: (line: string) => void): Tool[] {
  const isWanted = (name: string): boolean =>
    wanted.length === 0 || wanted.some((part) => name.includes(part));
  const names = [FLOOR, WIRE, MQTTJS, BARE_MQTTJS].map(({ name }) => name);
  const known = [...names, S_TIME, ...PEERS.map(({ program }) => program)];
  const unknown = wanted.find((part) => !known.some((name) => name.includes(part)));
  if (unknown !== undefined) throw new TypeError(`there is no row ${unknown}, but: ${known.join('; ')}`);
  const rows = [WIRE, MQTTJS, BARE_MQTTJS].filter(({ name }) => isWanted(name));
  const openssl = findProgram('openssl');
  if (isWanted(S_TIME) && openssl !== undefined) rows.push(secureTime(S_TIME, openssl));
  else if (isWanted(S_TIME)) note('openssl is not on PATH: skipped');
  for (const peer of PEERS.filter(({ program }) => isWanted(program))) {
    const path = findProgram(peer.program);
    if (path === undefined) note(`${peer.program} is not on PATH: skipped`);
    else rows.push(peerTool(peer, path));
  }
  return [FLOOR, ...rows];
}
