/** What the network, or this machine's share of it, does. Each row has a namespace of its own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ulimit } from '../../support/cli.ts';
import { findProgram } from '../../support/program.ts';
import { Broker } from '../far/broker.ts';
import { openSpace, type Space, wire } from '../far/space.ts';
import { settled, until } from '../far/until.ts';
import { BOTH, DEVICES, ONE, type Provoked, type Row, type Stage } from '../row.ts';

const IPTABLES = findProgram('iptables') ?? 'iptables';

/** Packets that left the space for that port; `-j DROP` as `fate` throws them away. */
function countPackets(
  space: Space,
  protocol: 'tcp' | 'udp',
  port: number,
  fate: string[] = [],
): () => number {
  space.run(IPTABLES, '-A', 'OUTPUT', '-p', protocol, '--dport', `${port}`, ...fate);
  return () => {
    const rules = space.run(IPTABLES, '-vnxL', 'OUTPUT');
    return Number(new RegExp(`^\\s*(\\d+).* dpt:${port}$`, 'm').exec(rules)?.[1]);
  };
}

async function blackHole(stage: Stage): Promise<Provoked> {
  const space = openSpace(stage);
  const packets = countPackets(space, 'tcp', 20_000, ['-j', 'DROP']);
  return {
    target: 'mqtt://127.0.0.1:20000',
    under: space.under,
    proof: () => expect(packets()).toBeGreaterThanOrEqual(DEVICES),
  };
}

/** A resolver that is not there. */
async function noResolver(stage: Stage): Promise<Provoked> {
  const space = openSpace(stage);
  const etc = `/etc/netns/${space.name}`;
  mkdirSync(etc, { recursive: true });
  stage.atEnd(() => rmSync(etc, { recursive: true }));
  writeFileSync(`${etc}/resolv.conf`, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  writeFileSync(`${etc}/nsswitch.conf`, 'hosts: dns\n');
  const packets = countPackets(space, 'udp', 53);
  return {
    target: 'mqtt://broker.invalid:1883',
    under: space.under,
    proof: () => expect(packets()).toBeGreaterThan(0),
  };
}

/** Two spaces and a wire, whose far end goes down once all are connected. */
async function partition(stage: Stage): Promise<Provoked> {
  const [near, far] = [openSpace(stage), openSpace(stage)];
  const link = wire(near, far);
  const broker = await Broker.start(stage, { under: far.under, host: link.farAddress });
  let acknowledged = 0;
  return {
    target: broker.target,
    under: near.under,
    during: async () => {
      await until('all devices at the broker', () => broker.connected === DEVICES);
      await until('their messages', () => broker.acknowledged > DEVICES);
      link.down();
      // What it had got by then it will have said, however busy the machine is.
      acknowledged = await settled(() => broker.acknowledged, 300);
    },
    proof: () => {
      expect(far.run('ip', '-o', 'link', 'show', link.farName)).toContain('state DOWN');
      expect(broker.acknowledged, 'nothing came any more').toBe(acknowledged);
    },
  };
}

/** Eleven source ports. */
async function fewPorts(stage: Stage): Promise<Provoked> {
  const space = openSpace(stage);
  space.run('sysctl', 'net.ipv4.ip_local_port_range=50000 50010');
  const broker = await Broker.start(stage, { under: space.under });
  return {
    target: broker.target,
    under: space.under,
    flags: ['--force'],
    // One of them may be the test's own, which looked whether the broker is there.
    proof: () => expect([10, 11]).toContain(broker.connected),
  };
}

/** Enough to load the program and to write a report. */
const FEW_DESCRIPTORS = 220;

async function fewDescriptors(stage: Stage): Promise<Provoked> {
  const broker = await Broker.start(stage);
  return {
    target: broker.target,
    under: ulimit('n', FEW_DESCRIPTORS),
    flags: ['--force'],
    proof: () => {
      expect(broker.connected).toBeGreaterThan(10);
      expect(broker.connected).toBeLessThan(FEW_DESCRIPTORS);
    },
  };
}

const NOBODY = {
  clients: BOTH,
  outcome: 'completed',
  exit: 99,
  counters: { connects_ok: 0, connects_failed: DEVICES },
  endsInSec: 30,
} as const;

export const NETWORK: Row[] = [
  {
    ...NOBODY,
    name: 'SYN into a black hole',
    fault: blackHole,
    set: ['connect.timeout=1s'],
    failures: [{ is: 'tcp: timeout', hint: /no answer to SYN/ }],
    needs: ['namespaces', 'iptables'],
  },
  {
    ...NOBODY,
    name: 'DNS failure',
    fault: noResolver,
    failures: [{ is: /^dns: dns (EAI_AGAIN|ENOTFOUND)$/, hint: /host name does not resolve/ }],
    needs: ['namespaces', 'iptables'],
  },
  {
    name: 'partition in mid-run',
    clients: BOTH,
    fault: partition,
    set: ['hold=1500ms', 'gracefulStop=500ms', 'thresholds.messages_unacked=count == 0'],
    outcome: 'completed',
    exit: 99,
    // Nothing tells of it but what does not come: the keepalive is 30 s at least.
    counters: { connects_ok: DEVICES, connects_failed: 0, disconnects: 0 },
    endsInSec: 30,
    needs: ['namespaces', 'mosquitto'],
    look: ({ counters }) => {
      expect(counters.messages_acked).toBeGreaterThan(DEVICES);
      expect(counters.messages_unacked).toBeGreaterThan(DEVICES);
    },
  },
  {
    name: 'no more source ports',
    clients: BOTH,
    fault: fewPorts,
    set: ['devices.count=20', 'connect.stages.0.rate=100/s'],
    outcome: 'completed',
    exit: 99,
    failures: [{ is: 'tcp: no-ports EADDRNOTAVAIL', hint: /out of source ports.*`localAddresses`/ }],
    look: ({ counters }) => {
      // Whoever asked whether the broker is there may have left one of the eleven in TIME_WAIT.
      expect([10, 11]).toContain(counters.connects_ok);
      expect(counters.connects_ok + counters.connects_failed).toBe(20);
    },
    endsInSec: 30,
    needs: ['namespaces', 'mosquitto'],
  },
  {
    name: 'no more descriptors',
    clients: BOTH,
    fault: fewDescriptors,
    set: ['devices.count=300', 'connect.stages.0={ duration: 500ms, rate: 600/s }'],
    outcome: 'completed',
    exit: 99,
    failures: [{ is: 'tcp: no-descriptors EMFILE', hint: /raise `ulimit -n`/ }],
    endsInSec: 30,
    needs: ['mosquitto'],
    look: ({ counters }) => {
      expect(counters.connects_ok).toBeGreaterThan(10);
      expect(counters.connects_failed).toBe(300 - counters.connects_ok);
    },
  },
  {
    name: 'too few descriptors to begin with',
    clients: ONE,
    fault: async (stage) => {
      const broker = await Broker.start(stage);
      return {
        target: broker.target,
        under: ulimit('n', 60),
        proof: () => expect(broker.connected).toBe(0),
      };
    },
    outcome: 'unwritten',
    because: /60 files open \(ulimit -n\)\n.*raise that/,
    exit: 113,
    endsInSec: 30,
    needs: ['mosquitto'],
  },
];
