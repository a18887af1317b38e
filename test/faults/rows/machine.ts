/** What the machine does to a run: its clock, its processors, its memory; and the death of the process. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { memoryOf, shareOfCore } from '../far/cgroup.ts';
import { clockOf } from '../far/faketime.ts';
import { harmed } from '../far/harmed.ts';
import { farSide } from '../far/scripted.ts';
import { until } from '../far/until.ts';
import { BOTH, DEVICES, type Fault, ONE, type Provoked, type Row, type Stage } from '../row.ts';

const HOUR_MS = 3_600_000;

/** The wall clock jumps once all are connected. */
function clockStep(step: '+1h' | '-1h'): Fault {
  return async (stage) => {
    const far = await farSide(stage);
    const clock = join(stage.folder, 'clock');
    writeFileSync(clock, '+0\n');
    return {
      target: far.target,
      env: clockOf(clock),
      during: async () => {
        await until('messages of all', () => far.messages > 2 * DEVICES);
        writeFileSync(clock, `${step}\n`);
      },
      proof: () => {
        // The run's own log tells the wall clock's time.
        const lines = readFileSync(join(stage.out, 'run.log'), 'utf8').trim().split('\n');
        const [first, last] = [lines[0]!, lines.at(-1)!].map((line) => Date.parse(JSON.parse(line).time));
        const steppedMs = step === '+1h' ? HOUR_MS : -HOUR_MS;
        expect(Math.abs(last! - first! - steppedMs)).toBeLessThan(60_000);
      },
    };
  };
}

const CLOCK: Omit<Row, 'name' | 'fault'> = {
  clients: BOTH,
  set: ['hold=2s'],
  outcome: 'completed',
  exit: 0,
  counters: { connects_ok: DEVICES, disconnects: 0 },
  endsInSec: 30,
  needs: ['faketime'],
  look: ({ durationMs, trends, windows }) => {
    expect(durationMs).toBeCloseTo(2166.667);
    expect(windows.length).toBeLessThan(10);
    for (const name of ['connect_latency', 'publish_ack', 'publish_slip'] as const) {
      expect(trends[name]!.min).toBeGreaterThanOrEqual(0);
      expect(trends[name]!.max).toBeLessThan(20_000);
    }
  },
};

async function tenthOfCore(stage: Stage): Promise<Provoked> {
  const { under, throttled } = shareOfCore(stage, 0.1);
  const far = await farSide(stage);
  return {
    target: far.target,
    under,
    proof: () => {
      expect(throttled()).toBeGreaterThan(20);
      expect(far.connects).toBe(50);
    },
  };
}

/** Two seconds have been measured then. */
async function killed(stage: Stage): Promise<Provoked> {
  const far = await farSide(stage);
  return {
    target: far.target,
    during: async ({ child }) => {
      await until('two seconds of messages', () => far.messages > 20 * DEVICES);
      child.kill('SIGKILL');
    },
    proof: ({ code }) => {
      expect(code).toBeNull();
      expect(far.connects).toBe(DEVICES);
    },
  };
}

async function outOfMemory(stage: Stage): Promise<Provoked> {
  const far = await farSide(stage);
  const { under, killed } = memoryOf(stage, 400 << 20);
  const { env, proof, go } = harmed(stage, 'grows');
  return {
    target: far.target,
    under,
    env,
    during: async () => {
      await until('two seconds of messages', () => far.messages > 20 * DEVICES);
      go();
    },
    proof: ({ code }) => {
      proof();
      expect(code).toBeNull();
      expect(killed()).toBeGreaterThan(0);
      expect(far.connects).toBe(DEVICES);
    },
  };
}

/** What of it was measured is on the disk, and `report` makes a report of it. */
const REPORTED: Omit<Row, 'name' | 'fault'> = {
  clients: ONE,
  set: ['hold=1h'],
  reportedAfterwards: true,
  leaves: ['.run.log.partial'],
  outcome: 'partial',
  exit: 111,
  counters: { connects_scheduled: DEVICES },
  endsInSec: 40,
  look: ({ counters, durationMs }) => {
    expect(counters.messages_acked).toBeGreaterThan(DEVICES);
    expect(durationMs).toBeGreaterThanOrEqual(1000);
  },
};

export const MACHINE: Row[] = [
  { ...CLOCK, name: 'wall clock an hour forward', fault: clockStep('+1h') },
  { ...CLOCK, name: 'wall clock an hour back', fault: clockStep('-1h') },
  {
    name: 'a tenth of a core',
    clients: BOTH,
    fault: tenthOfCore,
    // 2,500 messages a second: about what that takes.
    set: [
      'devices.count=50',
      'publish.0.every=20ms',
      'connect.stages.0.rate=250/s',
      'connect.timeout=10s',
      'gracefulStop=10s',
    ],
    outcome: 'completed',
    exit: 0,
    counters: { connects_ok: 50, disconnects: 0 },
    endsInSec: 90,
    needs: ['cgroups'],
    look: ({ health }) => {
      expect(health.verdict).not.toBe('valid');
      expect(health.reasons.join('; ')).toMatch(/machine/);
    },
  },
  { ...REPORTED, name: 'process killed (SIGKILL)', fault: killed, inCit: true },
  { ...REPORTED, name: 'process killed for want of memory', fault: outOfMemory, needs: ['cgroups'] },
];
