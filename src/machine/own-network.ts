/** Whether a host is this machine or one of a private network, as far as its name tells. Pure: no name is looked up. */
import { BlockList, isIP } from 'node:net';

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

/** Names that the public DNS never has (RFC 6761, 6762, 8375); one without a dot is of a container or of the local network, but a number is an address. */
const OWN_NAME = /^(?!\d+$|0x)[^.]+$|(?:^|\.)(?:localhost|local|internal|home\.arpa)$/i;

export function isOwnHost(written: string): boolean {
  const host = written.replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return OWN_NAME.test(host);
  return OWN.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
