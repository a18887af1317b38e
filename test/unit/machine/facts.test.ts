/** On files made for it, and once on the machine that the tests run on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAllotment } from '../../../src/machine/cgroup.ts';
import { readMachine } from '../../../src/machine/facts.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mqtt-fleet-machine-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            256                  4096                 files
Max locked memory         8388608              8388608              bytes
`;
const SOCKSTAT = `sockets: used 217
TCP: inuse 63 orphan 0 tw 900 alloc 71 mem 106
UDP: inuse 1 mem 0
`;

describe('readMachine', () => {
  it('reads what Linux tells', async () => {
    write({
      'proc/self/limits': LIMITS,
      'proc/self/fd/0': '',
      'proc/self/fd/1': '',
      'proc/self/fd/17': '',
      'proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
      'proc/sys/net/ipv4/ip_local_reserved_ports': '8080,32000-32769,60990-60991,60998-61000\n',
      'proc/net/sockstat': SOCKSTAT,
      'proc/meminfo': 'MemTotal:       24683520 kB\nMemFree: 1 kB\nMemAvailable:   1048576 kB\n',
      'proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
      'proc/sys/net/netfilter/nf_conntrack_count': '44\n',
    });
    expect(await readMachine([], root)).toEqual({
      descriptors: { limit: 256, open: 2 },
      ports: { count: 28_232 - 2 - 2 - 2, inUse: 63 },
      memoryBytes: 1024 ** 3,
      cores: availableParallelism(),
      conntrack: { limit: 262_144, inUse: 44 },
      foreignAddresses: [],
    });
  });

  it('leaves undefined what there is no file of', async () => {
    expect(await readMachine([], root)).toEqual({
      descriptors: undefined,
      ports: undefined,
      memoryBytes: undefined,
      cores: availableParallelism(),
      conntrack: undefined,
      foreignAddresses: [],
    });
  });

  it('knows of no limit where there is none', async () => {
    write({ 'proc/self/limits': LIMITS.replace('256 ', 'unlimited '), 'proc/self/fd/0': '' });
    expect((await readMachine([], root)).descriptors).toEqual({ limit: Number.POSITIVE_INFINITY, open: 0 });
  });

  it('tells addresses of this machine from others', async () => {
    const { foreignAddresses } = await readMachine(['127.0.0.1', '192.0.2.1', '2001:db8::1']);
    expect(foreignAddresses).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  it.runIf(process.platform === 'linux')('reads the machine that it runs on', async () => {
    const { descriptors, ports, memoryBytes, foreignAddresses } = await readMachine(['127.9.9.9']);
    expect(descriptors!.open).toBeGreaterThan(2);
    expect(descriptors!.limit).toBeGreaterThan(descriptors!.open);
    expect(ports!.count).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(1024 ** 2);
    expect(foreignAddresses).toEqual([]);
  });
});

describe('readAllotment', () => {
  it('of version 2 is the narrowest of the group and all above it', () => {
    write({
      'proc/self/cgroup': '0::/fleet.slice/run.service\n',
      'sys/fs/cgroup/fleet.slice/run.service/memory.max': 'max\n',
      'sys/fs/cgroup/fleet.slice/run.service/memory.current': '900\n',
      'sys/fs/cgroup/fleet.slice/run.service/cpu.max': '400000 100000\n',
      'sys/fs/cgroup/fleet.slice/memory.max': '5000\n',
      'sys/fs/cgroup/fleet.slice/memory.current': '4000\n',
      'sys/fs/cgroup/fleet.slice/memory.stat': 'anon 1000\nactive_file 50\ninactive_file 2500\n',
      'sys/fs/cgroup/fleet.slice/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/cpu.max': 'max 100000\n',
    });
    expect(readAllotment(root)).toEqual({ memoryBytes: 5000 - 4000 + 2500, cores: 1.5 });
  });

  it('of version 1 likewise, where a container sees only its own group', () => {
    write({
      'proc/self/cgroup':
        '4:memory:/docker/abc\n3:cpuset:/docker/abc\n2:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '1000\n',
      'sys/fs/cgroup/memory/memory.usage_in_bytes': '1100\n',
      'sys/fs/cgroup/memory/memory.stat': 'inactive_file 7\ntotal_inactive_file 300\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(readAllotment(root)).toEqual({ memoryBytes: 200, cores: 0.5 });
  });

  it('is nothing where nothing is limited', () => {
    write({
      'proc/self/cgroup': '4:memory:/\n2:cpu:/\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/memory/memory.usage_in_bytes': '1100\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(readAllotment(root)).toEqual({ memoryBytes: undefined, cores: undefined });
    rmSync(join(root, 'proc'), { recursive: true });
    expect(readAllotment(root)).toEqual({ memoryBytes: undefined, cores: undefined });
  });
});
