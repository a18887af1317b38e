/**
 * The stand-in as a process of its own, so that its work is not counted as the generator's. Started by parent.ts, spoken to over IPC
 * only; it ends with its parent, however that ends.
 */

import { yieldHelperThreads } from '../../machine/helper-threads.ts';
import { SIGN_EVERY_MS } from '../../machine/silence.ts';
import { FleetError } from '../../model/errors.ts';
import { type StandIn, startStandIn } from '../stand-in.ts';
import { devicesOf, type FromChild, type ToChild } from './messages.ts';
import { rehearse } from './rehearsal.ts';

yieldHelperThreads();

let standIn: Promise<StandIn> | undefined;

process.on('message', (message: ToChild) => {
  void answer(message);
});
// The channel closes when the parent dies, by whatever signal. This file is the main of its process, and exits it: what is open, or is
// being opened, is of use to nobody any more, and closing it might hang.
process.on('disconnect', () => process.exit(0));
// A terminal sends Ctrl-C, and its own end, to the whole group. The parent decides when the run has drained and says `close`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
tell({ kind: 'alive' });
setInterval(() => tell({ kind: 'alive' }), SIGN_EVERY_MS).unref();

async function answer(message: ToChild): Promise<void> {
  switch (message.kind) {
    case 'start':
      try {
        await rehearse();
        standIn = startStandIn({ ...message.settings, devices: devicesOf(message.devices) });
        const { ports, httpPort, ca } = await standIn;
        tell({ kind: 'listening', ports, httpPort, ca });
      } catch (error) {
        standIn = undefined;
        tell(failure(error));
      }
      return;
    case 'counts':
      if (standIn !== undefined) tell({ kind: 'counts', id: message.id, counts: (await standIn).counts() });
      return;
    case 'truth':
      if (standIn !== undefined) tell({ kind: 'truth', id: message.id, truth: (await standIn).truth() });
      return;
    case 'refusals': {
      if (standIn === undefined) return;
      const { refusals } = await standIn;
      const told = { notes: await refusals.take(), beyond: Object.fromEntries(refusals.beyond()) };
      tell({ kind: 'refusals', id: message.id, refusals: told });
      return;
    }
    case 'close':
      await (await standIn)?.close();
      process.disconnect();
      return;
  }
}

function tell(message: FromChild): void {
  // The channel may close at any time; `disconnect` follows and ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function failure(error: unknown): FromChild {
  if (error instanceof FleetError) {
    return { kind: 'failed', code: error.code, message: error.message, hint: error.hint };
  }
  return { kind: 'failed', code: 'broker-failed', message: `the stand-in did not start: ${String(error)}` };
}
