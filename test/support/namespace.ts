/** A network namespace of Linux with a loopback interface and a range of source ports of its own. */
import { execFileSync } from 'node:child_process';
import { it } from 'vitest';

let made = 0;

/** Made and removed once, to see whether that can be done here. */
export const NAMESPACES = canMakeThem();

/** For the title of what is skipped without them. */
export const NO_NAMESPACES = 'skipped: network namespaces need root, `ip` and `sysctl`';

/** Where everything is meant to be installed, a skipped test is a failed one. */
export function namespacesMustWorkInCi(): void {
  it.runIf(!NAMESPACES && process.env.CI === 'true')('network namespaces can be made', () => {
    throw new Error(`${NO_NAMESPACES}: run as root with iproute2 and procps installed`);
  });
}

export interface Namespace {
  /** A command that runs another in it. */
  under: string[];
  close(): void;
}

/** `ports` is the range of source ports, as `50000 50030`. */
export function openNamespace(ports: string): Namespace {
  const name = `mqtt-fleet-${process.pid}-${made++}`;
  const under = ['ip', 'netns', 'exec', name];
  const run = ([program, ...args]: string[]): void => void execFileSync(program!, args, { stdio: 'ignore' });
  const close = (): void => run(['ip', 'netns', 'delete', name]);
  run(['ip', 'netns', 'add', name]);
  try {
    run([...under, 'ip', 'link', 'set', 'lo', 'up']);
    run([...under, 'sysctl', `net.ipv4.ip_local_port_range=${ports}`]);
  } catch (error) {
    close();
    throw error;
  }
  return { under, close };
}

function canMakeThem(): boolean {
  try {
    openNamespace('50000 50030').close();
    return true;
  } catch {
    return false;
  }
}
