/** The file Piscina loads in each thread of the signing experiment. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicClock } from '../src/model/clock.ts';
import { runSignTrial, type SignTrial, type SignTrialTask } from '../src/sign-cost/sign-trial.ts';

// Node hands the collector out only to a context that is made after this flag was set.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

export default function signTrial(task: SignTrialTask): Promise<SignTrial> {
  return runSignTrial(task, {
    clock: monotonicClock(),
    nowNs: () => performance.now() * 1e6,
    collect: () => collect({ type: 'minor' }),
  });
}
