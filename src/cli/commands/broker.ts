/** `mqtt-fleet broker`: the stand-in on its own, in this process, until it is told to stop. */

import { writeFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Door } from '../../app/door.ts';
import { RefusalWatch } from '../../app/watch/refusal-watch.ts';
import { answerTimeTable, countJson, countTable, standInProgress } from '../../app/watch/stand-in-text.ts';
import { text } from '../../input/fields.ts';
import { DEFAULT_PREFIX, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import { badInput, FleetError, formatProblem } from '../../model/errors.ts';
import { CERTIFICATE_KINDS, type DeviceSource } from '../../model/scenario.ts';
import { authorityOf } from '../../model/target.ts';
import { terminalText } from '../../model/terminal-text.ts';
import { readKnown } from '../../scenario/devices/registration-lists.ts';
import type { Counts } from '../../stand-in/endpoint/counts.ts';
import type { TruthStats } from '../../stand-in/endpoint/truth.ts';
import { advertisedHost, type StandIn, type StandInSettings, startStandIn } from '../../stand-in/stand-in.ts';
import type { Command } from '../command.ts';
import { clientsBy } from '../flags/client-ca.ts';
import { onOff, someText, wholeNumberOr } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';
import { FAULT_FLAGS, faultPlanOf, QUOTA_FLAGS, quotasOf, STAND_IN_RULES } from '../flags/stand-in-flags.ts';

const PROGRESS_MS = 5_000;
/** Codes of failures to listen that are of the port; all others are of the address. */
const PORT_FAULTS = new Set(['EADDRINUSE', 'EACCES']);

const A_PORT = wholeNumberOr('not a port (a whole number from 0 to 65535)', 0, 65_535);

const FLAGS = flags(
  {
    devices: someText().optional().meta({ description: 'Device list that may sign in (csv, json, jsonl)' }),
    generate: text()
      .transform(generatedOf)
      .optional()
      .meta({ description: 'Generated devices instead, as productKey:count' }),
    products: someText().optional().meta({
      description:
        'Products whose devices may register (productKey, productSecret [, registration: on or off]); --devices may be without secrets then',
    }),
    host: someText().prefault('127.0.0.1').meta({ description: 'Address to listen on' }),
    advertise: someText()
      .optional()
      .meta({ description: 'Host name to print and certify, if not that address' }),
    port: A_PORT.prefault(1883).meta({ alias: 'p', description: 'TCP port; 0 for any free one' }),
    tlsPort: A_PORT.optional().meta({ description: 'Also TLS on this port' }),
    wsPort: A_PORT.optional().meta({ description: 'Also WebSocket on this port' }),
    wssPort: A_PORT.optional().meta({ description: 'Also WebSocket over TLS on this port' }),
    strictSecuremode: onOff('Refuse a securemode that does not fit the transport, which the platform takes'),
    httpPort: A_PORT.optional().meta({
      description: 'Also the platform’s services (/auth/devicename) on this port, HTTP and HTTPS alike',
    }),
    clientCa: someText().optional().meta({
      description:
        'Devices sign in by X.509: the authority (PEM) of their certificates, which the list names',
    }),
    caOut: someText().optional().meta({ description: 'Write the CA certificate (PEM) to this file' }),
    certificate: z.enum(CERTIFICATE_KINDS).optional().meta({
      description: 'Certificate of TLS: rsa, as the platform’s, or ecdsa, which costs the handshakes less',
      shownDefault: 'rsa',
    }),
    tlsVersion: z
      .enum(['1.2', '1.3'])
      .transform((version) => `TLSv${version}` as const)
      .optional()
      .meta({ description: 'The only version of TLS', shownDefault: 'both' }),
    json: onOff('Print the counts at the end as JSON'),
    ...QUOTA_FLAGS,
    ...FAULT_FLAGS,
  },
  STAND_IN_RULES,
)
  .rule(['devices', 'generate'], ({ devices, generate }, complain) => {
    if ((devices === undefined) === (generate === undefined))
      complain(['devices', 'generate'], 'give one of the two');
  })
  .rule(
    ['clientCa', 'tlsPort', 'wssPort', 'generate', 'products'],
    ({ clientCa, tlsPort, wssPort, generate, products }, complain) => {
      if (clientCa === undefined) return;
      if (tlsPort === undefined && wssPort === undefined)
        complain(['clientCa'], 'nobody shows one without --tls-port or --wss-port');
      if (generate !== undefined)
        complain(['clientCa', 'generate'], 'generated devices have no certificates');
      if (products !== undefined)
        complain(['clientCa', 'products'], 'who has a certificate does not register');
    },
  )
  .rule(['caOut', 'certificate', 'tlsVersion', 'tlsPort', 'wssPort', 'httpPort'], (given, complain) => {
    const { tlsPort, wssPort, httpPort } = given;
    if ([tlsPort, wssPort, httpPort].some((port) => port !== undefined)) return;
    for (const name of ['caOut', 'certificate', 'tlsVersion'] as const)
      if (given[name] !== undefined)
        complain([name], 'there is no TLS without --tls-port, --wss-port or --http-port');
  });

type BrokerFlags = Values<typeof FLAGS.fields>;

export const brokerCommand: Command<typeof FLAGS.fields> = {
  usage: 'broker',
  describe: 'Serve the stand-in for the Aliyun endpoint on its own',
  flags: FLAGS,
  run: serve,
};

async function serve(flags: BrokerFlags, door: Door): Promise<void> {
  const plan = faultPlanOf(flags);
  const quotas = quotasOf(flags);
  const { form, clients } = await clientsBy(flags.clientCa);
  const known = await readKnown(sourceOf(flags), flags.products, form);
  const { devices, products, problems, warnings } = known;
  if (problems.length > 0) throw badInput(problems);
  for (const warning of warnings) door.stderr.write(`warning: ${formatProblem(warning)}\n`);
  const settings = { devices: devices.shared, products, faults: plan, quotas, ...clients };
  const standIn = await start(flags, settings);
  let counts: Counts;
  let truth: TruthStats | undefined;
  try {
    if (flags.caOut !== undefined && standIn.ca !== undefined) await writeCa(flags.caOut, standIn.ca);
    const addresses = [...Object.values(standIn.urls), ...servicesOf(standIn, flags)].join(' ');
    door.stderr.write(
      `the stand-in knows ${devices.count} device(s) and listens on ${terminalText(addresses)}\n`,
    );
    const refusals = new RefusalWatch(standIn.refusals, (line) => door.stderr.write(`${line}\n`));
    await untilStopped(door, standIn);
    await refusals.end();
    // Before closing, which would turn every open connection into a disconnect.
    counts = standIn.counts();
    // How long answers take is of interest to whoever made them late.
    if (plan?.delay !== undefined) truth = standIn.truth();
  } finally {
    await standIn.close();
  }
  door.stdout.write(
    flags.json ? countJson(counts, truth) : countTable(counts) + (truth ? answerTimeTable(truth) : ''),
  );
}

/** Throws `bad-input` where an address cannot be had. */
async function start(
  flags: BrokerFlags,
  settings: Pick<StandInSettings, 'devices' | 'products' | 'faults' | 'quotas' | 'clientCa' | 'auth'>,
): Promise<StandIn> {
  const starting = startStandIn({
    ...settings,
    host: flags.host,
    advertise: flags.advertise,
    strictSecuremode: flags.strictSecuremode,
    tcp: flags.port,
    tls: flags.tlsPort,
    ws: flags.wsPort,
    wss: flags.wssPort,
    certificate: flags.certificate,
    tlsVersion: flags.tlsVersion,
    http: flags.httpPort,
  });
  return starting.catch((error: unknown) => {
    throw error instanceof FleetError && error.code === 'broker-failed' ? unheard(flags, error) : error;
  });
}

/** A port that another has is the port's fault, an address that is not ours the host's. */
function unheard(flags: BrokerFlags, { message, hint, cause }: FleetError): FleetError {
  const { port } = cause as { port?: number };
  const isHost = !PORT_FAULTS.has((cause as NodeJS.ErrnoException).code ?? '');
  const [flag] = Object.entries(portsOf(flags)).find(([, given]) => given === port) ?? ['--port'];
  return badInput([{ file: isHost ? '--host' : flag, message, ...(hint === undefined ? {} : { hint }) }]);
}

/** The address of the services, where they are offered. */
function servicesOf({ httpPort }: StandIn, flags: BrokerFlags): string[] {
  return httpPort === undefined ? [] : [`https://${authorityOf(advertisedHost(flags), httpPort)}`];
}

function untilStopped(door: Door, standIn: StandIn): Promise<void> {
  let told = standInProgress(standIn.counts());
  const timer = setInterval(() => {
    const line = standInProgress(standIn.counts());
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

/** One of the two is given. */
function sourceOf({ devices, generate }: BrokerFlags): DeviceSource {
  return devices === undefined ? generate! : { kind: 'file', file: devices };
}

const GENERATE_PATTERN = /^([^:]+):([1-9]\d*)$/;

function generatedOf(given: string, context: z.core.$RefinementCtx<string>): DeviceSource {
  const [, productKey = '', digits] = GENERATE_PATTERN.exec(given) ?? [];
  const count = Number(digits);
  if (count <= MAX_GENERATED) return { kind: 'generate', productKey, count, prefix: DEFAULT_PREFIX };
  const message = count > MAX_GENERATED ? 'too many devices' : 'not of the form productKey:count';
  const hint = `e.g. a1ProductKey:200; at most ${MAX_GENERATED}`;
  context.addIssue({ code: 'custom', message, params: { hint } });
  return z.NEVER;
}

function portsOf({
  port,
  tlsPort,
  wsPort,
  wssPort,
  httpPort,
}: BrokerFlags): Record<string, number | undefined> {
  return {
    '--port': port,
    '--tls-port': tlsPort,
    '--ws-port': wsPort,
    '--wss-port': wssPort,
    '--http-port': httpPort,
  };
}

async function writeCa(file: string, ca: string): Promise<void> {
  try {
    await writeFile(file, ca);
  } catch (error) {
    throw new FleetError('harness', `the CA certificate cannot be written to ${file}`, { cause: error });
  }
}
