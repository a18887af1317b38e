/** The outside forms of a target → where to connect. */

import { nearest } from '../input/nearest.ts';
import type { Protocol, Scenario } from '../model/scenario.ts';
import { isWebSocket } from '../model/target.ts';

const DEFAULT_PORT: Record<Protocol, number> = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

/** What people write for one of the four. */
const OTHER_NAMES: ReadonlyMap<string, Protocol> = new Map([
  ['tcp', 'mqtt'],
  ['ssl', 'mqtts'],
  ['tls', 'mqtts'],
  ['http', 'ws'],
  ['https', 'wss'],
]);

const EXAMPLE = 'write embedded, mqtt://localhost:1883, { region: cn-shanghai } or { instance: iot-xxx }';

/** What is wrong, as a predicate without the address itself, which may hold a password. */
export interface TargetProblem {
  wrong: string;
  hint: string;
}

/** `embedded` or a URL; `credentials` says where those come from that do not belong in it. */
export function parseTarget(text: string, credentials: string): Scenario['target'] | TargetProblem {
  if (text === 'embedded') return { kind: 'embedded' };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const meant = nearest(text, ['embedded']);
    return { wrong: 'is not a target', hint: meant ? 'did you mean embedded?' : EXAMPLE };
  }
  if (!isProtocol(scheme)) {
    const meant = OTHER_NAMES.get(scheme) ?? nearest(scheme, Object.keys(DEFAULT_PORT));
    const hint = `use mqtt://, mqtts://, ws:// or wss://${meant ? `; did you mean ${meant}://?` : ''}`;
    return { wrong: 'is not an MQTT address', hint };
  }
  if (URL.canParse(text)) return urlTarget(scheme, new URL(text), credentials);
  const port = /^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(text)?.[1];
  if (port !== undefined && Number(port) > MAX_PORT)
    return { wrong: `has port ${port.slice(0, 10)}`, hint: PORTS };
  return { wrong: 'is not a URL', hint: EXAMPLE };
}

const MAX_PORT = 65_535;
const PORTS = `a port is from 1 to ${MAX_PORT}`;

function urlTarget(protocol: Protocol, url: URL, credentials: string): Scenario['target'] | TargetProblem {
  if (url.username !== '' || url.password !== '')
    return { wrong: 'has a user name or password', hint: `leave them out: ${credentials}` };
  // Brackets are how a URL writes an IPv6 address; a socket takes it without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!/^[\w.:-]+$/.test(host)) return { wrong: 'has no valid host', hint: EXAMPLE };
  const port = url.port === '' ? DEFAULT_PORT[protocol] : Number(url.port);
  if (port === 0) return { wrong: 'has port 0', hint: PORTS };
  const path = url.pathname + url.search;
  if (!isWebSocket(protocol) && path !== '' && path !== '/') {
    return { wrong: 'has a path', hint: 'only ws:// and wss:// take one' };
  }
  return { kind: 'url', protocol, host, port, path: isWebSocket(protocol) ? path || '/' : '' };
}

function isProtocol(scheme: string): scheme is Protocol {
  return Object.hasOwn(DEFAULT_PORT, scheme);
}
