/** Standard output and standard error that are full or closed: the report is whole all the same. */
import { readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { farSide } from '../far/scripted.ts';
import { until } from '../far/until.ts';
import { DEVICES, type Fault, ONE, type Row } from '../row.ts';

/** `redirection` is the shell's; `links` is where the kernel says that the process's streams then go. */
function streams(redirection: string, links: Record<number, string>): Fault {
  return async (stage) => {
    const far = await farSide(stage);
    const seen: Record<number, string> = {};
    return {
      target: far.target,
      under: ['bash', '-c', `exec "$0" "$@" ${redirection}`],
      during: async ({ child }) => {
        await until('all devices', () => far.connects === DEVICES);
        for (const fd of Object.keys(links)) seen[Number(fd)] = readlinkSync(`/proc/${child.pid}/fd/${fd}`);
      },
      proof: () => expect(seen).toEqual(links),
    };
  };
}

const WHOLE: Omit<Row, 'name' | 'fault'> = {
  clients: ONE,
  // Beyond the first line of progress.
  set: ['hold=1500ms'],
  outcome: 'completed',
  exit: 0,
  counters: { connects_ok: DEVICES },
  endsInSec: 30,
};

const FULL = '/dev/full';
/** Node opens it in place of a stream that is closed, lest the next file that is opened should get its number. */
const CLOSED = '/dev/null';

export const STREAMS: Row[] = [
  {
    ...WHOLE,
    name: 'stdout full',
    fault: streams('>/dev/full', { 1: FULL }),
    exit: 112,
    needs: ['proc'],
    inCit: true,
    look: (_, { stderr }) => expect(stderr).toMatch(/result could not be written to stdout: ENOSPC/),
  },
  { ...WHOLE, name: 'stderr full', fault: streams('2>/dev/full', { 2: FULL }), needs: ['proc'] },
  {
    ...WHOLE,
    name: 'stdout and stderr full',
    fault: streams('>/dev/full 2>&1', { 1: FULL, 2: FULL }),
    exit: 112,
    needs: ['proc'],
  },
  { ...WHOLE, name: 'stdout closed', fault: streams('>&-', { 1: CLOSED }), needs: ['proc'] },
  {
    ...WHOLE,
    name: 'stdout and stderr closed',
    fault: streams('>&- 2>&-', { 1: CLOSED, 2: CLOSED }),
    needs: ['proc'],
  },
];
