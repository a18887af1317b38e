/** A mosquitto that is killed and started anew on the same port, again and again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOSQUITTO } from '../../integration/mosquitto.ts';
import { freePort } from '../../integration/scripted-server.ts';

/** Between its end and its return: attempts that fall into it are refused. */
const DOWN_MS = 1000;

export class FlakyBroker {
  readonly port: number;
  kills = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-endurance-'));
  private child: ReturnType<typeof spawn> | undefined;
  private readonly ending = new AbortController();

  private constructor(port: number) {
    this.port = port;
    const lines = [
      'allow_anonymous true',
      'persistence false',
      'max_connections -1',
      `listener ${port} 127.0.0.1`,
    ];
    if (process.getuid?.() === 0) lines.push('user root');
    writeFileSync(join(this.folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    this.up();
  }

  static async start(): Promise<FlakyBroker> {
    return new FlakyBroker(await freePort());
  }

  /** Killed every so often, for so long; resolves at the end of that, or when it is closed. */
  async fail(everySec: number, forSec: number): Promise<void> {
    const { signal } = this.ending;
    const untilMs = Date.now() + forSec * 1e3;
    try {
      for (let nextMs = Date.now() + everySec * 1e3; nextMs < untilMs; nextMs += everySec * 1e3) {
        await sleep(nextMs - Date.now(), undefined, { signal });
        await this.down();
        this.kills++;
        await sleep(DOWN_MS, undefined, { signal });
        this.up();
      }
    } catch {
      // It was closed meanwhile.
    }
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private up(): void {
    this.child = spawn(MOSQUITTO!, ['-c', join(this.folder, 'mosquitto.conf')], { stdio: 'ignore' });
  }

  private async down(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}
