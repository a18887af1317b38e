/**
 * `openssl s_time`: one handshake after the other, each with a request and its answer, in C. Against a server of the bench's own, since
 * mosquitto may leave waiting whoever connects just after another has hung up.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type Server } from 'node:tls';
import { makeCertificate } from '../../../../src/stand-in/certificate.ts';
import type { Figures } from '../figures.ts';
import type { Handshake } from '../load.ts';
import { placeTool } from '../placement.ts';
import { usageOf } from '../usage.ts';
import { ToolProcess } from './process.ts';
import type { MeasuredTool } from './tool.ts';

const SECONDS = 2;
/** Its CPU is looked at that often: what it uses after the last look is not seen. */
const LOOK_MS = 2;

/** It writes a letter for each handshake, as it ends: `t` for TLS 1.2, `*` for TLS 1.3, `r` for one that was resumed. */
const LETTER: Record<Handshake, RegExp> = { full: /^\*+$/, resumed: /^r+$/ };

/**
 * With `-www`, since a client of TLS 1.3 has the ticket for its next session only when it has read something: without it `-reuse` makes
 * full handshakes, and does not say so but for the letters.
 */
const FLAGS = ['-tls1_3', '-www', '/', '-verify', '1', '-time', `${SECONDS}`];
const KIND: Record<Handshake, string> = { full: '-new', resumed: '-reuse' };

export function secureTime(name: string, openssl: string): MeasuredTool {
  return {
    name,
    lacks: async ({ tls }) => (tls === undefined ? 'speaks TLS alone' : undefined),
    async measure({ tls }) {
      const { key, cert } = await makeCertificate([]);
      const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-bench-'));
      const server = createServer({ key, cert }, (socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
      });
      try {
        const ca = join(folder, 'ca.pem');
        writeFileSync(ca, cert);
        const args = ['s_time', '-connect', `127.0.0.1:${await portOf(server)}`, '-CAfile', ca];
        return await watch(ToolProcess.spawn(name, openssl, [...args, KIND[tls!], ...FLAGS]), tls!);
      } finally {
        server.close();
        rmSync(folder, { recursive: true });
      }
    },
  };
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function watch(running: ToolProcess, handshake: Handshake): Promise<Figures> {
  try {
    placeTool(running.pid, 1);
    let cpuUs = 0;
    while (!running.isOver) {
      // Of a process that is no more, there is nothing to read.
      cpuUs = Math.max(cpuUs, usageOf(running.pid).cpuUs);
      await sleep(LOOK_MS);
    }
    const connections = connectionsIn(running.lastWords, handshake);
    if (connections === undefined) throw running.complaint(`made no ${handshake} handshakes`);
    return { cpuPerConnectionUs: cpuUs / connections };
  } finally {
    await running.kill();
  }
}

/** By its last words; undefined if any of those that can be seen there was of another kind than asked for. */
export function connectionsIn(words: string, handshake: Handshake): number | undefined {
  const [, letters = '', count] = /([rt*]+)\s+(\d+) connections in [\d.]+s;/.exec(words) ?? [];
  return LETTER[handshake].test(letters) ? Number(count) : undefined;
}
