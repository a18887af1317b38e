/** The embedded stand-in, which is a process of its own, dies or freezes under the run. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { until } from '../far/until.ts';
import { childrenOf } from '../play.ts';
import { DEVICES, type Fault, ONE, type Row } from '../row.ts';

/** Three seconds to notice, gracefulStop, and what a busy machine takes to write. */
const NOTICED_WITHIN_MS = 10_000;

function standIn(signal: 'SIGKILL' | 'SIGSTOP', state: string | undefined): Fault {
  return (stage) => {
    let pid = 0;
    let harmedMs = 0;
    let endedMs = 0;
    let seen: string | undefined;
    stage.atEnd(() => {
      if (stateOf(pid) !== undefined) process.kill(pid, 'SIGKILL');
    });
    return {
      during: async ({ child, says, finished }) => {
        await until('the stand-in', () => childrenOf(child.pid!).length > 0);
        pid = childrenOf(child.pid!)[0]!;
        // A second has been measured then.
        await says(`open ${DEVICES}/${DEVICES}`);
        process.kill(pid, signal);
        harmedMs = performance.now();
        await until('its end', () => stateOf(pid) === state);
        seen = stateOf(pid);
        await finished;
        endedMs = performance.now();
      },
      proof: () => {
        expect(seen).toBe(state);
        expect(endedMs - harmedMs).toBeLessThan(NOTICED_WITHIN_MS);
        // Nothing of the run outlives it.
        expect(stateOf(pid)).toBeUndefined();
      },
    };
  };
}

/** By the kernel; a dead one that its parent has not asked after is as good as gone. */
function stateOf(pid: number): string | undefined {
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return state === 'Z' ? undefined : state;
  } catch {
    return undefined;
  }
}

const LOST = {
  clients: ONE,
  set: ['hold=20s'],
  outcome: 'partial',
  because: /stand-in/,
  exit: 111,
  endsInSec: 40,
  needs: ['proc'],
  look: ({ counters }) => {
    expect(counters.connects_ok).toBe(DEVICES);
    expect(counters.messages_acked).toBeGreaterThan(DEVICES);
  },
} as const satisfies Partial<Row>;

export const STAND_IN: Row[] = [
  {
    ...LOST,
    name: 'stand-in killed',
    fault: standIn('SIGKILL', undefined),
    needs: ['proc'],
    inCit: true,
    failures: [{ is: /^open: (closed|reset .*)$/, hint: /closed|reset/, perhaps: true }],
  },
  { ...LOST, name: 'stand-in frozen', fault: standIn('SIGSTOP', 'T'), needs: ['proc'] },
];
