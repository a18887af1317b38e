/** The file Piscina loads in each thread: a MessagePort on one side, a shard on the other. */
import { readlinkSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { clientOf } from '../src/client/clients.ts';
import { type AssignedDevices, deviceTableOf } from '../src/load/device/assigned-devices.ts';
import { preparedLogin, rehearsedLogin } from '../src/load/device/login.ts';
import {
  type FromShard,
  PROTOCOL_VERSION,
  type ShardAssignment,
  type ShardPort,
  type ToShard,
} from '../src/load/protocol.ts';
import { rehearseShard } from '../src/load/rehearsal.ts';
import { runShard } from '../src/load/shard.ts';
import { SIGN_EVERY_MS } from '../src/machine/silence.ts';
import { monotonicClock } from '../src/model/clock.ts';
import type { Login } from '../src/platform/login.ts';

export interface ShardTask {
  assignment: ShardAssignment;
  devices: AssignedDevices;
  port: MessagePort;
}

export default async function shard({ assignment, devices, port }: ShardTask): Promise<void> {
  const link = new WaitingPort(port);
  const clock = monotonicClock();
  link.post({ type: 'hello', protocol: PROTOCOL_VERSION, clockUs: clock.nowUs(), thread: threadNumber() });
  const signs = setInterval(() => link.post({ type: 'alive' }), SIGN_EVERY_MS);
  try {
    const table = deviceTableOf(devices);
    const createClient = await clientOf(assignment.scenario).load();
    const login = await preparedLogin(assignment.scenario, table);
    let rehearsed: Login | undefined;
    const runWith =
      (its: Login) =>
      async (each: ShardAssignment, shardPort: ShardPort): Promise<void> => {
        // A rehearsal asks a service of its own, where the run asks one.
        const isOwn = each.scenario.auth.url !== assignment.scenario.auth.url;
        if (isOwn) rehearsed ??= await preparedLogin(each.scenario, table);
        const client = createClient(each.scenario);
        await runShard(each, table, shardPort, clock, client, isOwn ? rehearsed : its);
      };
    const inRehearsal = runWith(rehearsedLogin(assignment.scenario, login));
    await rehearseShard(assignment, table, clock, inRehearsal, () => link.isStopped);
    await runWith(login)(assignment, link);
  } finally {
    clearInterval(signs);
    port.close();
  }
}

/** Listens from the beginning, so that a stop cuts the rehearsal short; the shard hears everything once it listens itself. */
class WaitingPort implements ShardPort {
  isStopped = false;
  private readonly port: MessagePort;
  private readonly waiting: ToShard[] = [];
  private listener = (message: ToShard): void => void this.waiting.push(message);

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (message: ToShard) => {
      if (message.type === 'stop') this.isStopped = true;
      this.listener(message);
    });
  }

  post(message: FromShard): void {
    this.port.postMessage(message);
  }

  onMessage(listener: (message: ToShard) => void): void {
    this.listener = listener;
    for (const message of this.waiting.splice(0)) listener(message);
  }
}

/** By which the system knows this thread; undefined where it does not tell. */
function threadNumber(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return undefined;
  }
}
