/** Whether a target may be somebody else's: whoever loads it should know what that will come to. Pure: no name is looked up. */
import { isOwnHost } from '../machine/own-network.ts';
import type { Scenario } from '../model/scenario.ts';

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
  return !isOwnHost(target.host);
}
