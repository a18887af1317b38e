/** The parent's side of the stand-in in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FleetError } from '../../model/errors.ts';
import type { Target } from '../../model/scenario.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { ToldRefusals } from '../endpoint/refusals.ts';
import type { TruthStats } from '../endpoint/truth.ts';
import { type Ports, SCHEME_OF, TRANSPORTS } from '../listeners.ts';
import { advertisedHost, type StandInSettings } from '../stand-in.ts';
import { bytesOf, type FromChild, type ToChild } from './messages.ts';
import { ProcessWatch } from './process-watch.ts';

export interface StandInProcess {
  /** The address of the first of tcp, tls, ws, wss that was asked for. */
  target: Target;
  ports: Ports;
  /** Of the platform's services, where they were asked for. */
  httpPort?: number;
  /** PEM of the certificate to trust, if there is a tls or wss listener, or services are offered. */
  ca?: string;
  /** The id of the process, for whoever measures what it costs. */
  pid: number;
  /** Calls back once the process has died, or does nothing any more; at once where that has happened. */
  onLost(listener: (fault: FleetError) => void): void;
  /** Rejects with `stand-in-lost` once the process has died or does not answer. */
  counts(): Promise<Counts>;
  /** How long its answers took, in µs; rejects as `counts` does. */
  truth(): Promise<TruthStats>;
  /** Whom it refused since it was asked last, and why: for after a run, since to explain a password takes it a while. Rejects as `counts` does. */
  refusals(): Promise<ToldRefusals>;
  /** Ends the process and waits for it; may be called more than once and after its death. */
  close(): Promise<void>;
}

/** The device list goes over IPC: no secret is in argv or the environment. */
export async function startStandInProcess(settings: StandInSettings): Promise<StandInProcess> {
  const { devices, ...rest } = settings;
  const server = new ServerProcess();
  try {
    const { ports, httpPort, ca } = await server.start({
      kind: 'start',
      settings: rest,
      devices: bytesOf(devices),
    });
    return {
      target: targetOf(ports, advertisedHost(settings)),
      ports,
      httpPort,
      ca,
      pid: server.pid,
      onLost: (listener) => server.onLost(listener),
      counts: async () => (await server.ask('counts')).counts,
      truth: async () => (await server.ask('truth')).truth,
      refusals: async () => (await server.ask('refusals')).refusals,
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The time (ms) that the process has after `close` before it is killed. */
const CLOSE_TIMEOUT_MS = 5_000;
const STDERR_TAIL = 1_000;

type Question = 'counts' | 'truth' | 'refusals';
type Reply<Kind extends FromChild['kind']> = Extract<FromChild, { kind: Kind }>;
/** Many short stops for garbage rather than few long ones: what the stand-in holds up, a run would measure. Nor does it wait for helpers. */
const HEAP_FLAGS = ['--max-semi-space-size=1', '--initial-old-space-size=512', '--single-threaded-gc'];

type Waiter = { resolve(reply: Reply<Question>): void; reject(error: Error): void };

class ServerProcess {
  private readonly child: ChildProcess;
  private readonly waiters = new Map<number, Waiter>();
  private onStarted: { resolve(message: Reply<'listening'>): void; reject(error: Error): void } | undefined;
  private nextId = 0;
  private stderrTail = '';
  private death: FleetError | undefined;
  private hasClosed = false;
  private readonly lostListeners: ((fault: FleetError) => void)[] = [];
  private readonly watch: ProcessWatch;

  constructor() {
    this.child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Debugger ports and loaders of this process are not for that one.
      execArgv: HEAP_FLAGS,
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_TAIL);
    });
    this.watch = new ProcessWatch(this.pid, (cause) => this.die(cause));
    this.child.on('message', (message: FromChild) => this.receive(message));
    this.child.on('error', (error) => this.die(error.message));
    this.child.on('close', (code, signal) => this.die(signal ?? `exit code ${code}`));
  }

  onLost(listener: (fault: FleetError) => void): void {
    if (this.death) listener(this.death);
    else this.lostListeners.push(listener);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  start(message: ToChild): Promise<Reply<'listening'>> {
    return new Promise((resolve, reject) => {
      this.onStarted = { resolve, reject };
      this.send(message, reject);
    });
  }

  async ask<Kind extends Question>(kind: Kind): Promise<Reply<Kind>> {
    if (this.death !== undefined) throw this.death;
    const id = this.nextId++;
    const reply = await new Promise<Reply<Question>>((resolve, reject) => {
      this.waiters.set(id, { resolve, reject });
      this.send({ kind, id }, () => {});
    });
    // The child answers every question in its own kind.
    return reply as Reply<Kind>;
  }

  async close(): Promise<void> {
    this.hasClosed = true;
    this.watch.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined)
      return;
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.send({ kind: 'close' }, () => {});
    // One that is lost and still there hears nothing.
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.death ? 0 : CLOSE_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  /** An IPC error is told by `die` as well; `onError` is for a message that cannot be sent at all. */
  private send(message: ToChild, onError: (error: Error) => void): void {
    this.child.send(message, (error) => {
      if (error !== null) onError(this.fault(error.message));
    });
  }

  private receive(message: FromChild): void {
    this.watch.heard();
    switch (message.kind) {
      case 'alive':
        return;
      case 'listening':
        this.onStarted?.resolve(message);
        return;
      case 'failed':
        this.onStarted?.reject(new FleetError(message.code, message.message, { hint: message.hint }));
        return;
      case 'counts':
      case 'truth':
      case 'refusals':
        this.waiters.get(message.id)?.resolve(message);
        this.waiters.delete(message.id);
        return;
    }
  }

  /** After the first time nothing new is learnt: a death has one cause. */
  private die(cause: string): void {
    this.watch.close();
    if (this.death) return;
    this.death = this.fault(cause);
    this.onStarted?.reject(this.death);
    for (const waiter of this.waiters.values()) waiter.reject(this.death);
    this.waiters.clear();
    if (this.hasClosed) return;
    for (const listener of this.lostListeners) listener(this.death);
  }

  private fault(cause: string): FleetError {
    const tail = this.stderrTail.trim();
    return new FleetError('stand-in-lost', `the stand-in was lost: ${cause}`, {
      hint: tail === '' ? undefined : `its last words: ${tail}`,
    });
  }
}

function targetOf(ports: Ports, host: string): Target {
  const transport = TRANSPORTS.find((name) => ports[name] !== undefined) ?? 'tcp';
  return { kind: 'url', ...SCHEME_OF[transport], host, port: ports[transport] ?? 0 };
}
