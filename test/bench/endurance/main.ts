/** `npm run endurance`: a fleet whose broker is killed again and again. All come back each time, and memory stays level. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Summary } from '../../../src/metrics/summary.ts';
import { runCommand } from '../command.ts';
import { ToolProcess } from '../cost/tools/process.ts';
import { type Flags, readFlags, SETTLING_SEC, USAGE } from './flags.ts';
import { FlakyBroker } from './flaky-broker.ts';
import { MemoryWatch } from './memory.ts';
import { type Point, perCycle, type Slope, slopeOf } from './slope.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const PROBE = fileURLToPath(new URL('./heap-probe.js', import.meta.url));
const TELL_EVERY_SEC = 10;
const CONNECTS_PER_SEC = 200;
/** Of the run after the last kill: time for all of them to come back. */
const CALM_SEC = 20;
/** Resident megabytes a minute. */
const MOST_GROWTH = 1;

async function main(flags: Flags): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-endurance-'));
  const broker = await FlakyBroker.start();
  const run = startRun(flags, broker.port, folder);
  const watch = new MemoryWatch(run.pid, join(folder, 'heaps'), TELL_EVERY_SEC, console.log);
  try {
    const ended = run.ended((flags.minutes * 60 + SETTLING_SEC) * 1e3);
    await Promise.race([broker.fail(flags.killEverySec, flags.minutes * 60 - CALM_SEC), ended]);
    const code = await ended;
    watch.stop();
    if (code !== 0) throw run.complaint(`ended with ${code}`);
    const summary = JSON.parse(readFileSync(join(folder, 'out', 'summary.json'), 'utf8')) as Summary;
    const slope = slopeOf(perCycle(afterSettling(watch, summary), flags.killEverySec / 60));
    const wrong = [...wrongOfRun(summary, flags, broker.kills), ...wrongOfSlope(slope)];
    console.log(verdictLine(summary, broker.kills, slope));
    for (const line of wrong) console.error(`WRONG: ${line}`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    watch.stop();
    await run.kill();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startRun(flags: Flags, port: number, folder: string): ToolProcess {
  const scenario = join(folder, 'scenario.json');
  writeFileSync(scenario, JSON.stringify(scenarioOf(flags, port)));
  const env = {
    NODE_OPTIONS: `--import=${pathToFileURL(PROBE).href}`,
    HEAP_LOG: join(folder, 'heaps'),
    HEAP_LOOK_MS: `${TELL_EVERY_SEC * 1e3}`,
    ...(flags.collect ? { HEAP_COLLECT: 'yes' } : {}),
  };
  const args = ['run', scenario, '--out', join(folder, 'out'), '--quiet', '--allow-invalid'];
  return ToolProcess.spawn('mqtt-fleet', process.execPath, [MAIN, ...args], env);
}

/** They return within a third of the time between two kills, each with as many attempts as that takes. */
function scenarioOf({ client, minutes, devices, killEverySec }: Flags, port: number): object {
  const rampSec = devices / CONNECTS_PER_SEC;
  const again = {
    policy: 'exponential',
    delay: `${Math.ceil(killEverySec / 4)}s`,
    maxDelay: `${Math.ceil(killEverySec / 4)}s`,
    perMinute: 60,
  };
  return {
    name: 'endurance',
    target: `mqtt://127.0.0.1:${port}`,
    devices: { generate: { productKey: 'pk', count: devices } },
    client,
    connect: {
      stages: [{ duration: `${Math.ceil(rampSec * 1e3)}ms`, rate: `${CONNECTS_PER_SEC}/s` }],
      // The first kills may come while they still connect.
      retry: again,
    },
    reconnect: again,
    subscribe: [{ topic: '/${productKey}/${deviceName}/user/get' }],
    publish: [
      { topic: '/${productKey}/${deviceName}/user/get', qos: 1, every: '10s', payload: { size: '256B' } },
    ],
    hold: `${Math.round((minutes * 60 - rampSec) * 1e3)}ms`,
  };
}

/** Up to the end of the run: what comes after that closes connections and writes the report. */
function afterSettling(watch: MemoryWatch, { startedAt, durationMs }: Summary): Point[] {
  const startMs = Date.parse(startedAt);
  return watch.between(startMs + SETTLING_SEC * 1e3, startMs + durationMs);
}

function wrongOfRun(
  { outcome, counters, imbalances, windows }: Summary,
  { devices }: Flags,
  kills: number,
): string[] {
  const wrong = [...imbalances];
  if (outcome.state !== 'completed') wrong.push(`the run ${outcome.state}: ${outcome.reason}`);
  if (counters.connects_ok !== devices)
    wrong.push(`${counters.connects_ok} of ${devices} connected at first`);
  const last = windows.findLast(({ closing }) => !closing);
  if (last?.open !== devices) wrong.push(`${last?.open} of ${devices} open at the end`);
  if (counters.reconnects_ok !== counters.disconnects)
    wrong.push(`${counters.disconnects} lost connections, ${counters.reconnects_ok} returns`);
  if (kills === 0 || counters.disconnects < devices) wrong.push('there was nothing to come back from');
  return wrong;
}

function wrongOfSlope(slope: Slope | undefined): string[] {
  if (slope === undefined)
    return [`too short to tell a slope: it is that of what comes after ${SETTLING_SEC} s`];
  if (slope.perMinute <= MOST_GROWTH) return [];
  return [`resident memory grows by ${slope.perMinute.toFixed(2)} MB a minute, over ${MOST_GROWTH}`];
}

function verdictLine({ counters }: Summary, kills: number, slope: Slope | undefined): string {
  const { disconnects, reconnects_started, reconnects_ok, messages_sent, messages_acked } = counters;
  const grows =
    slope === undefined
      ? 'no slope'
      : `slope ${slope.perMinute.toFixed(2)} MB/min, 95 % ${slope.low.toFixed(2)} … ${slope.high.toFixed(2)}`;
  return `${kills} kills, ${disconnects} lost, ${reconnects_started} attempts, ${reconnects_ok} back; ${messages_sent} messages sent, ${messages_acked} acked; ${grows}`;
}

await runCommand({ usage: USAGE, readFlags, main });
