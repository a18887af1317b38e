/** What some rows need of the machine. Without it they are skipped by name; where everything is meant to be there (`CI=true`), they fail. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOSQUITTO } from '../integration/mosquitto.ts';
import { NAMESPACES } from '../support/namespace.ts';
import { findProgram } from '../support/program.ts';
import { CGROUPS } from './far/cgroup.ts';
import { FAKETIME } from './far/faketime.ts';

export type Need = 'mosquitto' | 'namespaces' | 'iptables' | 'mounts' | 'faketime' | 'proc' | 'cgroups';

const THERE: Record<Need, () => boolean> = {
  mosquitto: () => MOSQUITTO !== undefined,
  namespaces: () => NAMESPACES,
  iptables: () => findProgram('iptables') !== undefined,
  mounts: canMount,
  faketime: () => FAKETIME !== undefined,
  proc: () => existsSync('/proc/self/fd'),
  cgroups: () => CGROUPS !== undefined,
};

export const HOW_TO_GET: Record<Need, string> = {
  mosquitto: 'apt-get install mosquitto',
  namespaces: 'network namespaces: root, iproute2 and procps',
  iptables: 'apt-get install iptables',
  mounts: 'mounting a tmpfs: root',
  faketime: 'apt-get install faketime',
  proc: 'the /proc of Linux',
  cgroups: 'control groups that can be written: root',
};

const seen = new Map<Need, boolean>();

export function missing(needs: Need[]): Need[] {
  return needs.filter((need) => {
    if (!seen.has(need)) seen.set(need, THERE[need]());
    return !seen.get(need);
  });
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}
