/** The file Piscina loads in each thread: a MessagePort on one side, runShard on the other. */
import type { MessagePort } from 'node:worker_threads';
import { monotonicClock } from '../src/clock.ts';
import type { FromShard, ToShard } from '../src/load/protocol.ts';
import { runShard, type ShardAssignment } from '../src/load/shard.ts';
import { warmUp } from '../src/load/warm-up.ts';

export interface ShardTask {
  assignment: ShardAssignment;
  port: MessagePort;
}

export default async function shard({ assignment, port }: ShardTask): Promise<void> {
  try {
    const clock = monotonicClock();
    await warmUp(assignment, clock, (rehearsal, silent) => runShard(rehearsal, silent, clock));
    await runShard(
      assignment,
      {
        post: (message: FromShard) => port.postMessage(message),
        onMessage: (listener) => port.on('message', (message: ToShard) => listener(message)),
      },
      clock,
    );
  } finally {
    port.close();
  }
}
