/** Whether a target may be somebody else's: whoever loads it should know what that will come to. Pure: no name is looked up. */
import { BlockList, isIP } from 'node:net';
import type { Scenario } from '../model/scenario.ts';

/** Loopback, private (RFC 1918, RFC 4193), link-local, and the address that is this machine's own. */
const OWN = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['0.0.0.0', 32],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  OWN.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::1', 128],
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  OWN.addSubnet(net, bits, 'ipv6');

/** Names that the public DNS never has (RFC 6761, 6762, 8375); one without a dot is of a container or of the local network. */
const OWN_NAME = /^[^.]+$|(?:^|\.)(?:localhost|local|internal|home\.arpa)$/i;

/** Whether its devices go to somebody else: to their target, or to a service before that. */
export function goesAbroad({
  target,
  auth,
}: Pick<Scenario, 'target'> & Partial<Pick<Scenario, 'auth'>>): boolean {
  return isForeign(target) || (auth?.url !== undefined && isForeignUrl(auth.url));
}

function isForeignUrl(url: string): boolean {
  // The stand-in has no address yet.
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  return isForeign({ kind: 'url', protocol: 'mqtts', host, port: 443, path: '' });
}

/** Neither this machine nor a private network, as far as its name tells. */
export function isForeign(target: Scenario['target']): boolean {
  if (target.kind === 'embedded') return false;
  if (target.kind !== 'url') return true;
  const host = target.host.replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return !OWN_NAME.test(host);
  return !OWN.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
