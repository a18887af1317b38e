/** `mqtt-fleet register LIST`: dynamic registration of devices, as a tool and as a load. */
import { resolve } from 'node:path';
import type { Door } from '../../app/door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from '../../app/exit-code.ts';
import { StopRequest } from '../../app/stop-request.ts';
import { mindOwner } from '../../app/target-owner.ts';
import { monotonicClock } from '../../model/clock.ts';
import { badInput, type FleetError, formatProblem, type Problem } from '../../model/errors.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { formatDuration } from '../../model/units.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import type { GrantKind } from '../../register/granted.ts';
import { type KeptRows, readKeptRows } from '../../register/kept-rows.ts';
import { productSecretsOf, SECRET_VARIABLE } from '../../register/product-secrets.ts';
import {
  cameToNothing,
  type RegisterReport,
  registerTable,
  reportOf,
} from '../../register/register-report.ts';
import { methodFor, type RegisterService, serviceFor, serviceText } from '../../register/register-target.ts';
import type { Registrar } from '../../register/registrar.ts';
import { type RegistrationPlan, registrarOf, rowsToAsk } from '../../register/registration.ts';
import { TriplesFile } from '../../register/triples-file.ts';
import { holderOf, lockAt } from '../../report/file/folder-lock.ts';
import { formatCount } from '../../report/text/format.ts';
import { paintFor } from '../../report/text/paint.ts';
import { checkTlsFiles } from '../../scenario/rules/tls-files.ts';
import type { Command } from '../command.ts';
import type { Values } from '../flags/flags.ts';
import { REGISTER_FLAGS } from '../flags/register-flags.ts';

type RegisterFlags = Values<typeof REGISTER_FLAGS.fields>;

const PROGRESS_MS = 5_000;

export const registerCommand: Command<typeof REGISTER_FLAGS.fields> = {
  usage: 'register <list>',
  describe: "Ask the platform for devices' secrets with their product's (dynamic registration)",
  flags: REGISTER_FLAGS,
  examples: [
    [
      '$0 register names.csv -o triples.csv -t cn-shanghai --product-secret-file secret.txt',
      'Goes on with triples.csv where it was stopped',
    ],
  ],
  run: register,
};

async function register(flags: RegisterFlags, door: Door): Promise<void> {
  const { plan, warnings } = await planOf(flags, door.env);
  for (const warning of warnings) door.stderr.write(`warning: ${formatProblem(warning)}\n`);
  await mindOwner(ownerRequest(plan, flags.yes), door);
  const unlock = lockAt(`${flags.out}.lock`, () => expectFree(flags.out));
  try {
    const say = (line: string): void => {
      if (!flags.quiet) door.stderr.write(`${terminalText(line)}\n`);
    };
    // Not what planOf has read: another may have written since then.
    const kept = await readKeptRows(flags.out, kindOf(plan.method));
    if (Array.isArray(kept)) throw badInput(kept);
    if (kept.isTorn) say(`${flags.out}: half a row at its end is of a device that was not told: cut off`);
    const rest = { ...plan, rows: rowsToAsk(plan.devices, kept) };
    say(beginning(rest, kept));
    const file = await TriplesFile.open(flags.out, kindOf(plan.method), kept);
    try {
      await carryOut(flags, { plan: rest, file, say, door });
    } finally {
      await file.close();
    }
  } finally {
    unlock();
  }
}

interface Work {
  plan: RegistrationPlan;
  file: TriplesFile;
  say(line: string): void;
  door: Door;
}

async function carryOut(flags: RegisterFlags, { plan, file, say, door }: Work): Promise<void> {
  const clock = monotonicClock();
  const registrar = await registrarOf(plan, file, clock);
  const stop = new StopRequest(door, () => {});
  const stopListening = stop.listen((signal) => {
    say(`${signal}: begins no more, and waits for those under way`);
    registrar.stop();
  });
  const timer = setInterval(() => say(progress(registrar)), PROGRESS_MS);
  const beginUs = clock.nowUs();
  try {
    await registrar.complete();
  } finally {
    clearInterval(timer);
    stopListening();
    stop.close();
  }
  const { fault, tally } = registrar;
  const facts = {
    method: plan.method,
    target: serviceText(plan.service),
    out: flags.out,
    devices: plan.devices.count,
    kept: plan.devices.count - plan.rows.length,
    durationUs: clock.nowUs() - beginUs,
    stoppedBy: fault?.message ?? stop.signal,
  };
  const report = reportOf(facts, tally, flags.threshold);
  tally.destroy();
  door.stdout.write(
    flags.json ? `${terminalJson(report)}\n` : `${registerTable(report, paintFor(door.stdout, door.env))}\n`,
  );
  if (fault !== undefined) door.stderr.write(`${terminalText(`${fault.message} (${fault.hint})`)}\n`);
  door.finish(codeOf(report, fault));
}

function codeOf(report: RegisterReport, fault: FleetError | undefined): ExitCode {
  const codes: ExitCode[] = [];
  if (fault !== undefined) codes.push(exitCodeOfFault(fault.code));
  if (report.outcome.state === 'aborted') codes.push(EXIT.stopped);
  if (cameToNothing(report) || report.thresholds.some(({ verdict }) => verdict !== 'pass'))
    codes.push(EXIT.threshold);
  return firstOf(codes);
}

/** Throws `bad-input` with all that stands against it; nothing has been opened then. */
async function planOf(flags: RegisterFlags, env: NodeJS.ProcessEnv) {
  const { name, value: list } = flags.list;
  const problems: Problem[] = [];
  const warnings = [...list.warnings];
  const method = methodFor(flags.target, flags.method);
  const kept = await readKeptRows(flags.out, kindOf(method));
  if (Array.isArray(kept)) problems.push(...kept);
  if (resolve(name) === resolve(flags.out))
    problems.push({ file: '--out', message: 'is the list of the devices itself', hint: 'name another' });
  const forAll = flags.productSecretFile?.value ?? env[SECRET_VARIABLE];
  const secrets = productSecretsOf(name, list.devices, forAll);
  if (Array.isArray(secrets)) problems.push(...secrets);
  await checkTlsFiles({ ...(flags.ca === undefined ? {} : { caFile: flags.ca }), verify: true }, '.', {
    complain: (_, message, hint) => problems.push({ file: '--ca', message, ...(hint ? { hint } : {}) }),
    warn: (_, message, hint) => warnings.push({ file: '--ca', message, ...(hint ? { hint } : {}) }),
    isUnset: () => false,
  });
  if (problems.length > 0 || Array.isArray(kept) || Array.isArray(secrets)) throw badInput(problems);
  const plan: RegistrationPlan = {
    devices: list.devices,
    rows: rowsToAsk(list.devices, kept),
    secrets,
    method,
    // The flags' rule has let no other through.
    service: serviceFor(flags.target, method, flags.instanceId) as RegisterService,
    signmethod: flags.signmethod,
    instanceId: flags.instanceId,
    tls: { verify: true, ...(flags.ca === undefined ? {} : { caFile: resolve(flags.ca) }) },
    ratePerSec: flags.rate,
    maxInFlight: flags.inFlight,
    timeoutUs: flags.timeout,
  };
  return { plan, warnings };
}

function kindOf(method: RegistrationPlan['method']): GrantKind {
  return method === 'mqtt-nwl' ? 'token' : 'secret';
}

function expectFree(out: string): void {
  const pid = holderOf(`${out}.lock`);
  if (pid === undefined) return;
  const message = `is being written by another register (process ${pid})`;
  throw badInput([{ file: out, message, hint: 'name another with --out, or wait until it has ended' }]);
}

/** A connect each, and nothing else. */
function ownerRequest({ service, rows, ratePerSec, maxInFlight, timeoutUs }: RegistrationPlan, yes: boolean) {
  const target =
    service.kind === 'mqtt'
      ? service.target
      : ({ kind: 'url', protocol: 'wss', host: service.host, port: service.port, path: '' } as const);
  return {
    scenario: { target, platform: aliyun.name, publish: [] },
    file: '--rate',
    target: serviceText(service),
    yes,
    most: {
      connections: Math.min(rows.length, maxInFlight),
      connectsPerSec: ratePerSec,
      messagesPerSec: 0,
      payloadBytesPerSec: 0,
      durationUs: (rows.length / ratePerSec) * 1e6 + timeoutUs,
    },
  };
}

function beginning({ devices, rows, ratePerSec, service, method }: RegistrationPlan, kept: KeptRows): string {
  const had = devices.count - rows.length;
  const before = kept.count === 0 ? '' : `, ${formatCount(had)} of which have theirs`;
  const span = formatDuration(Math.ceil(rows.length / ratePerSec) * 1e6);
  const ask =
    rows.length === 0
      ? 'nothing is to be asked for'
      : `asks ${serviceText(service)} (${method}) for ${formatCount(rows.length)} at ${ratePerSec}/s, in at least ${span}`;
  return `${formatCount(devices.count)} devices${before}; ${ask}`;
}

function progress({ tally, inFlight }: Registrar): string {
  const { registers_ok, registers_failed, registers_scheduled } = tally.counters;
  return `registers ${formatCount(registers_ok)} ok, ${formatCount(registers_failed)} failed, ${formatCount(inFlight)} under way, of ${formatCount(registers_scheduled)}`;
}
