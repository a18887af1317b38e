/** A loop's end of its talk with the bench: it rehearses, says that it is ready, and begins and ends when told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Said } from '../load.ts';

export interface LoopJob {
  load: Load;
  host: string;
  port: number;
  /** Whom to trust over TLS, PEM. */
  ca?: string;
}

export interface Loop {
  begin(): void;
  /** Sends no more; resolves when all have connected and what is to be acknowledged has been. */
  end(): Promise<Said>;
  /** Drops all connections. */
  destroy(): void;
}

export type FromLoop = 'ready' | Said;
export type ToLoop = 'begin' | 'end';

/** As much as it takes for the hot paths to be compiled: mqtt-fleet rehearses too, and cold code would make the yardstick longer. */
const REHEARSED_DEVICES = 200;
const ROUNDS = 5;
const ROUND_MS = 200;
const FLUSH_MS = 20;
const REHEARSED_EVERY_MS = 20;

export async function runLoop(create: (job: LoopJob) => Loop): Promise<void> {
  const job = JSON.parse(process.argv[2]!) as LoopJob;
  // The broker counts what was rehearsed, too.
  const rehearsed = { sent: 0, acked: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const rehearsal = create({ ...job, load: rehearsalOf(job.load) });
    rehearsal.begin();
    await sleep(ROUND_MS);
    const { sent, acked } = await rehearsal.end();
    rehearsed.sent += sent;
    rehearsed.acked += acked;
    // At QoS 0 the last of them may still be on their way.
    await sleep(FLUSH_MS);
    rehearsal.destroy();
  }
  const loop = create(job);
  process.on('message', (message: ToLoop) => {
    if (message === 'begin') loop.begin();
    else void loop.end().then((said) => tell(sum(said, rehearsed), () => process.exit()));
  });
  await sleep(ROUND_MS);
  tell('ready', () => {});
}

function sum(said: Said, { sent, acked }: Pick<Said, 'sent' | 'acked'>): Said {
  return { ...said, sent: said.sent + sent, acked: said.acked + acked };
}

function tell(message: FromLoop, told: () => void): void {
  process.send!(message, told);
}

function rehearsalOf(load: Load): Load {
  return {
    ...load,
    devices: Math.min(load.devices, REHEARSED_DEVICES),
    // Never as fast as it can: the broker would be at what the kernel's buffers held of it long after.
    publish: load.publish && { ...load.publish, everyMs: REHEARSED_EVERY_MS },
  };
}
