/** What a target says of the connections to it. */
import { isIPv6 } from 'node:net';
import { type Protocol, SCHEMES, type Scenario, type Target } from './scenario.ts';

export function isTls(protocol: Protocol): boolean {
  return SCHEMES[protocol].isTls;
}

export function protocolOf(target: Target): Protocol {
  if (target.kind === 'url') return target.protocol;
  return target.tls ? 'mqtts' : 'mqtt';
}

/** Whether a scenario's connections are over TLS. */
export function usesTls({ target, broker }: Pick<Scenario, 'target' | 'broker'>): boolean {
  return target.kind === 'embedded' ? broker.tls : isTls(protocolOf(target));
}

/** Whether a host and a port that somebody else gave can be such: a name or an address, without a scheme, a path or white space. */
export function isAddress(host: string, port: number): boolean {
  return /^[\w.:-]+$/.test(host) && Number.isInteger(port) && port > 0 && port <= 65_535;
}

/** Host and port as a URL has them. */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** In place of the address of a service of the platform's, until the stand-in has one. */
export const EMBEDDED_SERVICE = 'embedded';
