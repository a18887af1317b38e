/** `mqtt-fleet broker`: the stand-in on its own, in this process, until it is told to stop. */

import { writeFile } from 'node:fs/promises';
import type { CommandModule } from 'yargs';
import type { Door } from '../../app/door.ts';
import { statsInMs } from '../../metrics/histogram/histogram.ts';
import type { SharedDevices } from '../../model/devices/device-table.ts';
import { DEFAULT_PREFIX, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import { badInput, FleetError, formatProblem, type Problem } from '../../model/errors.ts';
import { percentileHeads, percentilesIn } from '../../model/metrics/percentiles.ts';
import type { DeviceSource, FaultPlan, Quotas } from '../../model/scenario.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { formatCount, formatEach, formatMs } from '../../report/text/format.ts';
import { plainTable } from '../../report/text/plain-table.ts';
import { readDevices } from '../../scenario/devices/device-list.ts';
import { COUNT_NAMES, type Counts } from '../../stand-in/endpoint/counts.ts';
import { ANSWERS, type TruthStats } from '../../stand-in/endpoint/truth.ts';
import { type StandIn, startStandIn } from '../../stand-in/stand-in.ts';
import { FAULT_OPTIONS, faultPlanOf } from '../flags/fault-flags.ts';
import { QUOTA_OPTIONS, quotasOf } from '../flags/quota-flags.ts';

interface Flags {
  devices?: string;
  generate?: string;
  host: string;
  advertise?: string;
  port: number;
  tlsPort?: number;
  wsPort?: number;
  wssPort?: number;
  caOut?: string;
  json: boolean;
}

const PROGRESS_MS = 5_000;
/** Of the codes that listening fails with; all others are of the address. */
const PORT_FAULTS = new Set(['EADDRINUSE', 'EACCES']);

export function brokerCommand(door: Door): CommandModule {
  return {
    command: 'broker',
    describe: 'Serve the stand-in for the Aliyun endpoint on its own',
    builder: (yargs) =>
      yargs
        .option('devices', { type: 'string', describe: 'Device list that may sign in (csv, json, jsonl)' })
        .option('generate', { type: 'string', describe: 'Generated devices instead, as productKey:count' })
        .option('host', { type: 'string', default: '127.0.0.1', describe: 'Address to listen on' })
        .option('advertise', {
          type: 'string',
          describe: 'Host name to print and certify, if not that address',
        })
        .option('port', {
          alias: 'p',
          type: 'number',
          default: 1883,
          describe: 'TCP port; 0 for any free one',
        })
        .option('tls-port', { type: 'number', describe: 'Also TLS on this port' })
        .option('ws-port', { type: 'number', describe: 'Also WebSocket on this port' })
        .option('wss-port', { type: 'number', describe: 'Also WebSocket over TLS on this port' })
        .option('ca-out', { type: 'string', describe: 'Write the CA certificate (PEM) to this file' })
        .option('json', { type: 'boolean', default: false, describe: 'Print the counts at the end as JSON' })
        .options(QUOTA_OPTIONS)
        .options(FAULT_OPTIONS),
    handler: (args) => serve(door, args as unknown as Flags),
  };
}

async function serve(door: Door, flags: Flags): Promise<void> {
  const { plan, problems: faultProblems } = faultPlanOf(flags);
  const { quotas, problems: quotaProblems } = quotasOf(flags);
  const problems = [...problemsOf(flags), ...quotaProblems, ...faultProblems];
  if (problems.length > 0) throw badInput(problems);
  const read = await readDevices(sourceOf(flags));
  if (read.problems.length > 0) throw badInput(read.problems);
  for (const warning of read.warnings) door.stderr.write(`warning: ${formatProblem(warning)}\n`);
  const standIn = await start(flags, read.devices.shared, plan, quotas);
  let counts: Counts;
  let truth: TruthStats | undefined;
  try {
    if (flags.caOut !== undefined && standIn.ca !== undefined) await writeCa(flags.caOut, standIn.ca);
    const addresses = Object.values(standIn.urls).join(' ');
    door.stderr.write(
      `the stand-in knows ${read.devices.count} device(s) and listens on ${terminalText(addresses)}\n`,
    );
    await untilStopped(door, standIn);
    // Before closing, which would turn every open connection into a disconnect.
    counts = standIn.counts();
    // How long answers take is of interest to whoever made them late.
    if (plan?.delay !== undefined) truth = standIn.truth();
  } finally {
    await standIn.close();
  }
  door.stdout.write(
    flags.json ? jsonOf(counts, truth) : tableOf(counts) + (truth ? truthTableOf(truth) : ''),
  );
}

/** Throws `bad-input` where an address cannot be had. */
async function start(
  flags: Flags,
  devices: SharedDevices,
  faults: FaultPlan | undefined,
  quotas: Quotas | undefined,
): Promise<StandIn> {
  const starting = startStandIn({
    devices,
    host: flags.host,
    advertise: flags.advertise,
    tcp: flags.port,
    tls: flags.tlsPort,
    ws: flags.wsPort,
    wss: flags.wssPort,
    faults,
    quotas,
  });
  return starting.catch((error: unknown) => {
    throw error instanceof FleetError && error.code === 'broker-failed' ? unheard(flags, error) : error;
  });
}

/** A port that another has is the port's fault, an address that is not ours the host's. */
function unheard(flags: Flags, { message, hint, cause }: FleetError): FleetError {
  const { port } = cause as { port?: number };
  const isHost = !PORT_FAULTS.has((cause as NodeJS.ErrnoException).code ?? '');
  const [flag] = Object.entries(portsOf(flags)).find(([, given]) => given === port) ?? ['--port'];
  return badInput([{ file: isHost ? '--host' : flag, message, ...(hint === undefined ? {} : { hint }) }]);
}

function untilStopped(door: Door, standIn: StandIn): Promise<void> {
  let told = progressOf(standIn.counts());
  const timer = setInterval(() => {
    const line = progressOf(standIn.counts());
    if (line !== told) door.stderr.write(`${line}\n`);
    told = line;
  }, PROGRESS_MS);
  return new Promise((resolve) => {
    const unsubscribe = door.onStop(() => {
      clearInterval(timer);
      unsubscribe();
      resolve();
    });
  });
}

const GENERATE_PATTERN = /^([^:]+):([1-9]\d*)$/;

/** Of flags without problems. */
function sourceOf(flags: Flags): DeviceSource {
  if (flags.devices !== undefined) return { kind: 'file', file: flags.devices };
  const [, productKey = '', count] = GENERATE_PATTERN.exec(flags.generate ?? '') ?? [];
  return { kind: 'generate', productKey, count: Number(count), prefix: DEFAULT_PREFIX };
}

function problemsOf(flags: Flags): Problem[] {
  const problems: Problem[] = [];
  if ((flags.devices === undefined) === (flags.generate === undefined)) {
    problems.push({ file: '--devices, --generate', message: 'give one of the two' });
  }
  const count = Number(GENERATE_PATTERN.exec(flags.generate ?? '')?.[2]);
  if (flags.generate !== undefined && !(count <= MAX_GENERATED)) {
    problems.push({
      file: '--generate',
      message: count > MAX_GENERATED ? 'too many devices' : 'not of the form productKey:count',
      hint: `e.g. a1ProductKey:200; at most ${MAX_GENERATED}`,
    });
  }
  for (const [flag, port] of Object.entries(portsOf(flags))) {
    if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) continue;
    problems.push({ file: flag, message: 'not a port', hint: 'a whole number from 0 to 65535' });
  }
  if (flags.caOut !== undefined && flags.tlsPort === undefined && flags.wssPort === undefined) {
    problems.push({ file: '--ca-out', message: 'there is no certificate without --tls-port or --wss-port' });
  }
  return problems;
}

function portsOf({ port, tlsPort, wsPort, wssPort }: Flags): Record<string, number | undefined> {
  return { '--port': port, '--tls-port': tlsPort, '--ws-port': wsPort, '--wss-port': wssPort };
}

async function writeCa(file: string, ca: string): Promise<void> {
  try {
    await writeFile(file, ca);
  } catch (error) {
    throw new FleetError('harness', `the CA certificate cannot be written to ${file}`, { cause: error });
  }
}

function progressOf(counts: Counts): string {
  return `connections ${counts.connections_open} open, ${counts.connects_ok} ok, ${counts.connects_refused} refused, ${counts.kicked} kicked; publishes ${counts.publishes_received}, unauthorized ${counts.publishes_unauthorized}; delivered ${counts.messages_delivered}`;
}

/** Most counts are zero most of the time: only what happened is listed. */
function tableOf(counts: Counts): string {
  const rows = COUNT_NAMES.filter((name) => counts[name] > 0).map((name) => [
    name,
    formatCount(counts[name]),
  ]);
  return rows.length === 0 ? 'nothing happened\n' : `${plainTable(['count', 'value'], rows)}\n`;
}

/** The truth in ms, as all that leaves the harness. */
function jsonOf(counts: Counts, truth: TruthStats | undefined): string {
  const inMs = truth && Object.fromEntries(ANSWERS.map((name) => [name, statsInMs(truth[name])]));
  return `${terminalJson({ ...counts, truth: inMs })}\n`;
}

function truthTableOf(truth: TruthStats): string {
  const rows = ANSWERS.flatMap((name) => {
    const stats = statsInMs(truth[name]);
    if (stats === null) return [];
    const times = [stats.min, stats.mean, ...percentilesIn('brief', stats), stats.max];
    return [[name, formatCount(stats.count), ...formatEach(times, formatMs)]];
  });
  const head = ['answered after (ms)', 'count', 'min', 'mean', ...percentileHeads('brief'), 'max'];
  return rows.length === 0 ? '' : `\n${plainTable(head, rows)}\n`;
}
