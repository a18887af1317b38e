/** Signals to stop, at every stage of a run. The first never costs the report. */
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { harmed } from '../far/harmed.ts';
import { type FarSide, farSide } from '../far/scripted.ts';
import { settled, until } from '../far/until.ts';
import { DEVICES, type Fault, ONE, type Row, type Stage } from '../row.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

interface StageOfRun {
  name: string;
  /** Resolves when the run is there, as the far side sees it. */
  reached(far: FarSide, stage: Stage): Promise<void>;
  /** Whether it was there and not further, by what the far side had seen when the signal came. */
  was(seen: Seen): void;
  set: string[];
  /** It withholds its answers, so that there is something to wait for. */
  silent?: true;
}

interface Seen {
  connects: number;
  messages: number;
}

const STAGES: StageOfRun[] = [
  {
    name: 'before the start line',
    reached: (_, { out }) =>
      until('a file in the folder', () => existsSync(out) && readdirSync(out).length > 0),
    was: ({ connects }) => expect(connects).toBe(0),
    set: [],
  },
  {
    name: 'ramping',
    reached: (far) => until('the second device', () => far.connects >= 2),
    was: ({ connects }) => expect(connects).toBeLessThan(DEVICES),
    set: ['connect.stages.0={ duration: 3s, rate: 2/s }'],
  },
  {
    name: 'holding',
    reached: (far) => until('messages of all', () => far.messages > 3 * DEVICES),
    was: ({ connects }) => expect(connects).toBe(DEVICES),
    set: ['hold=1h'],
  },
  {
    name: 'draining',
    reached: async (far) => {
      await until('messages of all', () => far.messages > 3 * DEVICES);
      // Each sends every 100 ms, until the end of the plan.
      await settled(() => far.messages, 400);
    },
    was: ({ messages }) => expect(messages).toBeGreaterThan(DEVICES),
    set: ['hold=3s', 'gracefulStop=6s'],
    silent: true,
  },
];

/** Sends the signal at the stage, and looks at the far side when it does. */
function signalAt({ reached, was, silent }: StageOfRun, signal: Signal): Fault {
  return async (stage) => {
    const far = await farSide(stage, { silent });
    let seen: Seen | undefined;
    return {
      target: far.target,
      during: async ({ child }) => {
        await reached(far, stage);
        seen = { connects: far.connects, messages: far.messages };
        child.kill(signal);
      },
      proof: () => was(seen!),
    };
  };
}

const STOPPED = { clients: ONE, outcome: 'aborted', exit: 105, endsInSec: 30 } as const;

const SIGNALS_AT: Row[] = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).flatMap((signal): Row[] => [
  ...STAGES.map(
    (at): Row => ({
      ...STOPPED,
      name: `${signal} ${at.name}`,
      fault: signalAt(at, signal),
      set: at.set,
      because: new RegExp(`^${signal}`),
      counters: { connects_scheduled: DEVICES, connects_failed: 0 },
      ...(signal === 'SIGINT' && at.name === 'holding' && { inCit: true }),
    }),
  ),
  {
    name: `${signal} while the report is written`,
    clients: ONE,
    fault: async (stage) => {
      const far = await farSide(stage);
      return { target: far.target, ...harmed(stage, 'signal-while-writing', { signal }) };
    },
    // What was measured is whole, and so is what tells of it.
    outcome: 'completed',
    exit: 0,
    endsInSec: 30,
  },
]);

/** The second comes a moment after the first was heard, in a drain of a minute. */
const TWICE: Row = {
  name: 'SIGINT twice',
  clients: ONE,
  fault: async (stage) => {
    const far = await farSide(stage, { silent: true });
    let betweenMs = 0;
    return {
      target: far.target,
      during: async ({ child, says, finished }) => {
        await until('two seconds of messages', () => far.messages > 20 * DEVICES);
        child.kill('SIGINT');
        await says('stopping: SIGINT');
        // A terminal's Ctrl-C may come twice, to the process and through npm.
        await sleep(500);
        const secondMs = performance.now();
        child.kill('SIGINT');
        await finished;
        betweenMs = performance.now() - secondMs;
      },
      proof: ({ code, stderr }) => {
        expect(betweenMs, 'at once').toBeLessThan(3_000);
        expect(far.connects).toBe(DEVICES);
        expect(stderr).toContain('stopped at once: no report was written');
        expect(code).toBe(105);
      },
    };
  },
  set: ['hold=1h', 'gracefulStop=1m'],
  // There is none, but it can still be made.
  reportedAfterwards: true,
  leaves: ['.run.log.partial'],
  outcome: 'partial',
  exit: 111,
  endsInSec: 30,
};

export const SIGNALS: Row[] = [...SIGNALS_AT, TWICE];
