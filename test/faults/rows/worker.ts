/** One of two workers comes to harm in its second second; the other goes on to the end that is then given. */
import { expect } from 'vitest';
import { harmed } from '../far/harmed.ts';
import { farSide } from '../far/scripted.ts';
import { until } from '../far/until.ts';
import { DEVICES, type Fault, ONE, type Row } from '../row.ts';

function worker(harm: string, nodeOptions?: string): Fault {
  return async (stage) => {
    const far = await farSide(stage);
    const { env, proof } = harmed(stage, harm, { nodeOptions });
    return {
      target: far.target,
      flags: ['--workers', '2'],
      env,
      proof: () => {
        proof();
        expect(far.connects).toBeGreaterThan(DEVICES / 2);
      },
    };
  };
}

/** `because` names the worker; that the other was lost as well would stand beside it. */
const ONE_LOST = {
  clients: ONE,
  // Snapshots tell of whole seconds.
  set: ['hold=3s'],
  outcome: 'partial',
  exit: 111,
  endsInSec: 30,
  look: ({ counters, outcome }) => {
    expect(outcome.reason).not.toMatch(/worker 1/);
    expect(counters.messages_acked, 'what had been measured').toBeGreaterThan(DEVICES);
  },
} as const satisfies Partial<Row>;

export const WORKER: Row[] = [
  {
    ...ONE_LOST,
    name: 'worker throws',
    fault: worker('worker-throws'),
    because: /^worker 0 was lost: harmed: thrown/,
    inCit: true,
  },
  {
    ...ONE_LOST,
    name: 'worker rejects',
    fault: worker('worker-rejects'),
    because: /^worker 0 was lost: harmed: rejected/,
  },
  {
    ...ONE_LOST,
    name: 'worker exits',
    fault: worker('worker-exits'),
    because: /^worker 0 was lost: .*exited with code: 7/,
  },
  {
    ...ONE_LOST,
    name: 'worker hangs',
    fault: worker('worker-hangs'),
    because: /^worker 0 was lost: /,
    endsInSec: 45,
  },
  {
    ...ONE_LOST,
    name: 'worker out of memory',
    fault: worker('worker-out-of-memory', '--max-old-space-size=160'),
    because: /^worker 0 was lost: .*memory/,
  },
  {
    ...ONE_LOST,
    name: 'worker hangs, and SIGINT',
    // Hours, if nobody looked at the clock.
    set: ['hold=1h', 'gracefulStop=1s'],
    fault: async (stage) => {
      const far = await farSide(stage);
      const { env, proof } = harmed(stage, 'worker-hangs');
      let signalledMs = 0;
      return {
        target: far.target,
        flags: ['--workers', '2'],
        env,
        during: async ({ child, finished }) => {
          await until('the harm', () => {
            try {
              proof();
              return true;
            } catch {
              return false;
            }
          });
          signalledMs = performance.now();
          child.kill('SIGINT');
          await finished;
        },
        proof: () => {
          proof();
          // gracefulStop, a second for the worker, and what a busy machine takes to write.
          expect(performance.now() - signalledMs).toBeLessThan(10_000);
        },
      };
    },
    because: /worker 0 was lost: /,
    endsInSec: 30,
  },
];
