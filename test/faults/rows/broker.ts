/** What befalls the broker while devices are connected to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Broker } from '../far/broker.ts';
import { until } from '../far/until.ts';
import { BOTH, DEVICES, type ExpectedFailure, type Fault, type Row } from '../row.ts';

/** A kernel that closes for a dead process says FIN, or RST where something was unread. */
const CUT: ExpectedFailure[] = [
  { is: 'open: closed', hint: /closed the connection without a word/, perhaps: true },
  { is: /^open: reset E/, hint: /reset the connection/, perhaps: true },
];

const LONGER = ['hold=1500ms'];

/** Once all devices are there, and the run is on. */
function toBroker(
  harm: (broker: Broker) => Promise<unknown> | unknown,
  proof: (broker: Broker) => unknown,
): Fault {
  return async (stage) => {
    const broker = await Broker.start(stage);
    return {
      target: broker.target,
      during: async () => {
        await until('all devices at the broker', () => broker.connected === DEVICES);
        await until('their messages', () => broker.acknowledged > DEVICES);
        await harm(broker);
      },
      proof: () => proof(broker),
    };
  };
}

export const BROKER: Row[] = [
  {
    name: 'broker killed',
    clients: BOTH,
    fault: toBroker(
      (broker) => broker.kill(),
      (broker) => expect(broker.endedBy).toBe('SIGKILL'),
    ),
    set: LONGER,
    outcome: 'completed',
    exit: 99,
    failures: CUT,
    counters: { connects_ok: DEVICES, disconnects: DEVICES, reconnects_started: 0 },
    endsInSec: 30,
    needs: ['mosquitto'],
    inCit: true,
    look: ({ failures }) => expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(DEVICES),
  },
  {
    name: 'broker killed and restarted, with reconnect',
    clients: BOTH,
    fault: toBroker(
      async (broker) => {
        await broker.kill();
        await sleep(300);
        await broker.restart();
      },
      (broker) => expect(broker.connected).toBe(2 * DEVICES),
    ),
    // On a busy machine the broker takes its time to come back, and so do the devices.
    set: ['hold=5s', 'reconnect={ policy: fixed, delay: 200ms, perMinute: 60 }'],
    outcome: 'completed',
    exit: 99,
    failures: [...CUT, { is: 'tcp: refused ECONNREFUSED', hint: /nothing listens/, perhaps: true }],
    counters: { connects_ok: DEVICES, disconnects: DEVICES, reconnects_ok: DEVICES },
    endsInSec: 30,
    needs: ['mosquitto'],
    look: ({ recovery }) => expect(recovery).not.toBeNull(),
  },
  {
    name: 'broker stopped and continued (SIGSTOP, SIGCONT)',
    clients: BOTH,
    fault: toBroker(
      async (broker) => {
        broker.signal('SIGSTOP');
        await until('the broker stopped', () => broker.state === 'T');
        await sleep(600);
        broker.signal('SIGCONT');
        await until('the broker going on', () => broker.state !== 'T');
      },
      (broker) => expect(broker.connected).toBe(DEVICES),
    ),
    set: ['hold=2s'],
    outcome: 'completed',
    exit: 0,
    counters: { connects_ok: DEVICES, disconnects: 0, messages_unacked: 0 },
    endsInSec: 30,
    needs: ['mosquitto'],
    // What fell due meanwhile was sent, and waited.
    look: ({ trends }) => expect(trends.publish_ack!.max).toBeGreaterThan(500),
  },
  {
    name: 'broker stopped for good, while devices connect',
    clients: BOTH,
    fault: async (stage) => {
      const broker = await Broker.start(stage);
      return {
        target: broker.target,
        during: async () => {
          await until('half of the devices', () => broker.connected >= DEVICES / 2);
          broker.signal('SIGSTOP');
        },
        proof: () => expect(broker.state).toBe('T'),
      };
    },
    // The kernel goes on accepting for it.
    set: ['connect={ stages: [{ duration: 1500ms, rate: 4/s }], timeout: 1s }', 'hold=500ms'],
    outcome: 'completed',
    exit: 99,
    failures: [{ is: 'connack: timeout', hint: /no CONNACK came/ }],
    counters: { disconnects: 0 },
    endsInSec: 30,
    needs: ['mosquitto'],
    look: ({ counters }) => {
      expect(counters.connects_ok).toBeGreaterThanOrEqual(DEVICES / 2);
      expect(counters.messages_unacked).toBeGreaterThan(0);
    },
  },
];
