/** What this machine has to give a run. Linux tells it in files; what another system does not tell is undefined. */
import { createSocket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { availableParallelism } from 'node:os';
import { readAllotment } from './cgroup.ts';
import { readKernelFile } from './kernel-file.ts';

export interface MachineFacts {
  /** Descriptors that one process may have, which its threads share, and those that this one has open. */
  descriptors: { limit: number; open: number } | undefined;
  /** Source ports of one local towards one target address. `inUse` counts sockets towards anyone, so that not all of them need be in the way. */
  ports: { count: number; inUse: number } | undefined;
  memoryBytes: number | undefined;
  cores: number;
  /** Connections that the firewall keeps track of. */
  conntrack: { limit: number; inUse: number } | undefined;
  /** Those of the local addresses asked about that are not this machine's. */
  foreignAddresses: string[];
}

/** Opens nothing but a socket for each local address, to see whether it can be had. `root` is where /proc and /sys are to be found. */
export async function readMachine(localAddresses: readonly string[], root = ''): Promise<MachineFacts> {
  const { memoryBytes, cores } = readAllotment(root);
  const isOwn = await Promise.all(localAddresses.map(canBind));
  return {
    descriptors: descriptorsOf(root),
    ports: portsOf(root),
    memoryBytes: least(memoryOf(root), memoryBytes),
    cores: Math.min(availableParallelism(), cores ?? Number.POSITIVE_INFINITY),
    conntrack: conntrackOf(root),
    foreignAddresses: localAddresses.filter((_, at) => !isOwn[at]),
  };
}

/** Node raises the soft limit to the hard one when it starts, so that this is the hard one too. */
function descriptorsOf(root: string): MachineFacts['descriptors'] {
  const [, limit] =
    /^Max open files +(\d+|unlimited)/m.exec(readKernelFile(`${root}/proc/self/limits`) ?? '') ?? [];
  if (limit === undefined) return undefined;
  // Reading the folder takes one more.
  const open = readdirSync(`${root}/proc/self/fd`).length - 1;
  return { limit: limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit), open };
}

/** `32768 60999`, less what is reserved: `8080,50000-50010`. The kernel counts IPv4 and IPv6 ports as one range. */
function portsOf(root: string): MachineFacts['ports'] {
  const sysctl = `${root}/proc/sys/net/ipv4`;
  const range = readKernelFile(`${sysctl}/ip_local_port_range`)?.trim().split(/\s+/).map(Number);
  if (range === undefined) return undefined;
  const [first, last] = range as [number, number];
  let count = last - first + 1;
  for (const part of (readKernelFile(`${sysctl}/ip_local_reserved_ports`) ?? '')
    .trim()
    .split(',')
    .filter(Boolean)) {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    count -= Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  }
  return { count, inUse: socketsIn(readKernelFile(`${root}/proc/net/sockstat`) ?? '') };
}

function socketsIn(sockstat: string): number {
  return Number(/^TCP: inuse (\d+)/m.exec(sockstat)?.[1] ?? 0);
}

function memoryOf(root: string): number | undefined {
  const [, kilobytes] = /^MemAvailable: +(\d+) kB$/m.exec(readKernelFile(`${root}/proc/meminfo`) ?? '') ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function conntrackOf(root: string): MachineFacts['conntrack'] {
  const folder = `${root}/proc/sys/net/netfilter`;
  const limit = readKernelFile(`${folder}/nf_conntrack_max`);
  const inUse = readKernelFile(`${folder}/nf_conntrack_count`);
  return limit === undefined || inUse === undefined
    ? undefined
    : { limit: Number(limit), inUse: Number(inUse) };
}

/** The kernel's own word: an interface's list of addresses does not have all of 127.0.0.0/8. */
function canBind(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (isOwn: boolean): void => {
      socket.close();
      resolve(isOwn);
    };
    socket.once('error', () => end(false));
    socket.bind({ address, port: 0 }, () => end(true));
  });
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
