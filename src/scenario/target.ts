/** The outside forms of a target → where to connect. */

import { nearest } from '../input/nearest.ts';
import { PROTOCOLS, type Protocol, SCHEMES, type Scenario } from '../model/scenario.ts';

/** What people write for a scheme. */
const OTHER_NAMES: ReadonlyMap<string, Protocol> = new Map(
  PROTOCOLS.flatMap((protocol) => SCHEMES[protocol].otherNames.map((name) => [name, protocol] as const)),
);

const [LAST, ...REST] = PROTOCOLS.map((protocol) => `${protocol}://`).reverse();
/** Those that there are, in words. */
const SCHEMES_TEXT = `${REST.reverse().join(', ')} or ${LAST}`;

const EXAMPLE = 'write embedded, mqtt://localhost:1883, { region: cn-shanghai } or { instance: iot-xxx }';

/** What is wrong, as a predicate without the address itself, which may hold a password. */
export interface TargetProblem {
  wrong: string;
  hint: string;
}

/** `list` is the address that the device list gives with its credentials. */
export type GivenTarget = Scenario['target'] | { kind: 'list' };

/** `embedded`, `list` or a URL; `credentials` says where those come from that do not belong in it. */
export function parseTarget(text: string, credentials: string): GivenTarget | TargetProblem {
  if (text === 'list') return { kind: 'list' };
  if (text === 'embedded') return { kind: 'embedded' };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const meant = nearest(text, ['embedded']);
    return { wrong: 'is not a target', hint: meant ? 'did you mean embedded?' : EXAMPLE };
  }
  if (!isProtocol(scheme)) {
    const meant = OTHER_NAMES.get(scheme) ?? nearest(scheme, PROTOCOLS);
    const hint = `use ${SCHEMES_TEXT}${meant ? `; did you mean ${meant}://?` : ''}`;
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
  const scheme = SCHEMES[protocol];
  const port = url.port === '' ? scheme.port : Number(url.port);
  if (port === 0) return { wrong: 'has port 0', hint: PORTS };
  const path = url.pathname + url.search;
  if (!scheme.hasPath && path !== '' && path !== '/') {
    return { wrong: 'has a path', hint: 'only ws:// and wss:// take one' };
  }
  return { kind: 'url', protocol, host, port, path: scheme.hasPath ? path || '/' : '' };
}

function isProtocol(scheme: string): scheme is Protocol {
  return Object.hasOwn(SCHEMES, scheme);
}
