/** A real broker that can be killed, started again on its port, frozen, and started in a network namespace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOSQUITTO } from '../../integration/mosquitto.ts';
import { freePort } from '../../integration/scripted-server.ts';
import type { Stage } from '../row.ts';
import { until } from './until.ts';

export interface BrokerPlace {
  /** A command under which it is started. */
  under?: string[];
  /** An address of its own machine or namespace. */
  host?: string;
}

export class Broker {
  readonly host: string;
  readonly port: number;
  private readonly command: string[];
  private child: ChildProcess | undefined;
  private log = '';

  private constructor(host: string, port: number, command: string[]) {
    this.host = host;
    this.port = port;
    this.command = command;
  }

  static async start(stage: Stage, { under = [], host = '127.0.0.1' }: BrokerPlace = {}): Promise<Broker> {
    const port = await freePort();
    const config = join(stage.folder, 'mosquitto.conf');
    const owner = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(config, `allow_anonymous true\npersistence false\n${owner}listener ${port} ${host}\n`);
    const broker = new Broker(host, port, [...under, MOSQUITTO!, '-c', config, '-v']);
    stage.atEnd(() => broker.kill());
    await broker.restart();
    return broker;
  }

  get target(): string {
    return `mqtt://${this.host}:${this.port}`;
  }

  /** Clients that it has let in, over all its lives. */
  get connected(): number {
    return this.log.split('New client connected').length - 1;
  }

  /** TCP connections to it, over all its lives. */
  get accepted(): number {
    return this.log.split('New connection from').length - 1;
  }

  /** QoS 1 messages that it has acknowledged, over all its lives. */
  get acknowledged(): number {
    return this.log.split('Sending PUBACK').length - 1;
  }

  /** By the kernel: R, S, T (stopped) …; undefined once it is gone. */
  get state(): string | undefined {
    try {
      return /\) (\S)/.exec(readFileSync(`/proc/${this.child!.pid}/stat`, 'utf8'))?.[1];
    } catch {
      return undefined;
    }
  }

  get endedBy(): NodeJS.Signals | null | undefined {
    return this.child?.signalCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child!.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async restart(): Promise<void> {
    const [program, ...args] = this.command;
    const lives = this.log.split(/mosquitto version \S+ running/).length;
    this.child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    await until('mosquitto running', () => this.log.split(/mosquitto version \S+ running/).length > lives);
  }
}
