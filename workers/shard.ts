/** The file Piscina loads in each thread: a MessagePort on one side, a shard on the other. */
import type { MessagePort } from 'node:worker_threads';
import { monotonicClock } from '../src/clock.ts';
import type { FromShard, ShardPort, ToShard } from '../src/load/protocol.ts';
import { runShard, type ShardAssignment } from '../src/load/shard.ts';
import { runTrialShard, type TrialAssignment } from '../src/load/trial-shard.ts';
import { warmUp } from '../src/load/warm-up.ts';

export interface ShardTask {
  assignment: ShardAssignment | TrialAssignment;
  port: MessagePort;
}

export default async function shard({ assignment, port }: ShardTask): Promise<void> {
  const link: ShardPort = {
    post: (message: FromShard) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (message: ToShard) => listener(message)),
  };
  try {
    const clock = monotonicClock();
    await warmUp(assignment, clock, (rehearsal, silent) => runShard(rehearsal, silent, clock));
    if ('trials' in assignment) await runTrialShard(assignment, link, clock);
    else await runShard(assignment, link, clock);
  } finally {
    port.close();
  }
}
