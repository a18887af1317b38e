/** A real broker for the tests: mosquitto on free ports, with a configuration made for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram, mustBeInstalledInCi } from '../support/program.ts';
import { freePort } from './scripted-server.ts';

/** Undefined if it is not installed. */
export const MOSQUITTO = findProgram('mosquitto');

/** For the title of what is skipped without it. */
export const NOT_INSTALLED = 'skipped: mosquitto is not installed';

export function mosquittoMustBeInstalledInCi(): void {
  mustBeInstalledInCi('mosquitto', MOSQUITTO);
}

export interface MosquittoOptions {
  /** A TLS listener as well, with this certificate (PEM). */
  identity?: { key: string; cert: string };
  /** Further lines of its TLS listener. */
  tlsSettings?: string[];
  /** Further lines of mosquitto.conf. */
  settings?: string[];
  /** A WebSocket listener, at the price of some work in every turn of the broker's loop [true]. */
  webSocket?: boolean;
}

export interface Mosquitto {
  host: string;
  port: number;
  /** 0 without an identity. */
  tlsPort: number;
  /** 0 without a WebSocket listener. */
  webSocketPort: number;
  child: ChildProcess;
  /** Ends the process and waits for it. */
  close(): Promise<void>;
}

/** Another process may take a free port before mosquitto does. */
const ATTEMPTS = 3;

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start({
  identity,
  tlsSettings = [],
  settings = [],
  webSocket = true,
}: MosquittoOptions): Promise<Mosquitto> {
  if (MOSQUITTO === undefined) throw new Error('mosquitto is not installed');
  const host = '127.0.0.1';
  const [port, webSocketPort, tlsPort] = [
    await freePort(),
    webSocket ? await freePort() : 0,
    identity ? await freePort() : 0,
  ];
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const lines = [
    'allow_anonymous true',
    'persistence false',
    // Started as root it would give up its rights, and could no longer read the key.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...settings,
    `listener ${port} ${host}`,
    ...(webSocket ? [`listener ${webSocketPort} ${host}`, 'protocol websockets'] : []),
  ];
  if (identity !== undefined) {
    const [certFile, keyFile] = [file('cert.pem', identity.cert), file('key.pem', identity.key)];
    lines.push(`listener ${tlsPort} ${host}`, `certfile ${certFile}`, `keyfile ${keyFile}`, ...tlsSettings);
  }
  const config = file('mosquitto.conf', `${lines.join('\n')}\n`);
  const child = spawn(MOSQUITTO, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const listener of [port, webSocketPort, tlsPort].filter((wanted) => wanted !== 0)) {
    if (!(await answers(child, host, listener))) {
      await close();
      throw new Error(`mosquitto did not start: ${said}`);
    }
  }
  return { host, port, tlsPort, webSocketPort, child, close };
}

/** Tries for five seconds, as long as the process lives. */
async function answers(child: ChildProcess, host: string, port: number): Promise<boolean> {
  for (let tries = 0; tries < 250 && child.exitCode === null; tries++) {
    const socket = connect({ host, port });
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (connected) return true;
    await sleep(20);
  }
  return false;
}
