/** `mqtt-fleet sign-cost [SCENARIO]`: what signing costs by each method, on this machine and of a whole connect. */

import type { Door } from '../../app/door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from '../../app/exit-code.ts';
import { signingEnvironment } from '../../app/record/signing-environment.ts';
import { measureOnline, mostOnline, type OnlineRequest, onlinePlan } from '../../app/sign-cost-online.ts';
import { devicesKnownTo } from '../../app/stand-in.ts';
import { StopRequest } from '../../app/stop-request.ts';
import { mindOwner, ownerRequestOf } from '../../app/target-owner.ts';
import { monotonicClock } from '../../model/clock.ts';
import { generateDevices } from '../../model/devices/generated-devices.ts';
import { badInput, FleetError } from '../../model/errors.ts';
import type { Signmethod, Target } from '../../model/scenario.ts';
import { terminalJson } from '../../model/terminal-text.ts';
import { TOOL } from '../../model/tool.ts';
import { formatDuration } from '../../model/units.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { isHmac } from '../../platform/aliyun/login/hmac.ts';
import { isHttps } from '../../platform/aliyun/login/https.ts';
import { expectPageOrNone, writePage } from '../../report/file/page-file.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { ScenarioInput } from '../../scenario/scenario-file.ts';
import { opensslSpeed, SECONDS_PER_METHOD } from '../../sign-cost/openssl-speed.ts';
import {
  availableMethods,
  contentBytesOf,
  measureSigning,
  type SigningResult,
} from '../../sign-cost/sign-cost.ts';
import { signCostPage } from '../../sign-cost/sign-cost-page.ts';
import { type OnlineWay, SIGN_COST_SCHEMA_VERSION, type SignCost } from '../../sign-cost/sign-cost-report.ts';
import { signCostTable } from '../../sign-cost/sign-cost-table.ts';
import type { Command } from '../command.ts';
import type { Values } from '../flags/flags.ts';
import { workersOf } from '../flags/scenario-flags.ts';
import { SIGN_COST_FLAGS, type SignCostSettings, settingsOf } from '../flags/sign-cost-flags.ts';
import { givenScenario } from '../given-scenario.ts';

const GENERATED = { productKey: 'a1SignCost', count: 1000, prefix: 'd' };

/** Where generated devices would sign in: over plain TCP, which is securemode 3. */
const NOWHERE = {
  kind: 'url',
  protocol: 'mqtt',
  host: '127.0.0.1',
  port: 1883,
  path: '',
} satisfies Target;

/** A shorter experiment has no time for openssl speed, which takes whole seconds. */
const LEAST_WITH_OPENSSL_US = 6e6;

type SignCostFlags = Values<typeof SIGN_COST_FLAGS.fields>;

export const signCostCommand: Command<typeof SIGN_COST_FLAGS.fields> = {
  usage: 'sign-cost [scenario]',
  describe: 'Compare what signing costs by hmacsha1, hmacmd5 and hmacsha256',
  flags: SIGN_COST_FLAGS,
  examples: [
    ['$0 sign-cost', 'hmacsha1, hmacmd5 and hmacsha256 on this machine, in 10 s'],
    ['$0 sign-cost fleet.yaml --online', 'what signing is of the whole connect'],
  ],
  run: signCost,
};

async function signCost(flags: SignCostFlags, door: Door): Promise<void> {
  const settings = settingsOf(flags);
  const input =
    settings.scenario === undefined ? undefined : await scenarioOf(settings.scenario, flags, door);
  if (flags.html !== undefined) await expectPageOrNone(flags.html);
  const { signmethods, unavailable } = availableMethods();
  const say = (line: string): void => {
    if (!flags.quiet) door.stderr.write(`${line}\n`);
  };
  const request =
    settings.online && input !== undefined
      ? await onlineRequest(input, {
          ...settings,
          ways: waysOf(input, signmethods),
          workers: workersOf(flags),
          say,
        })
      : undefined;
  say(plan(settings, signmethods, flags));
  if (request !== undefined) {
    say(onlinePlan(request));
    const { scenario } = request.input;
    await mindOwner(
      { ...ownerRequestOf(scenario, { ...flags, scenario: settings.scenario! }), most: mostOnline(request) },
      door,
    );
  }

  const startedAt = new Date().toISOString();
  // The first signal costs nothing that has been measured, whenever it comes.
  const stop = new StopRequest(door, (signal) => say(`${signal}: what was measured is told`));
  const { fault, ...offline } = await measureOffline(flags, settings, input, signmethods, stop, say);
  const [first] = offline.threads;
  if (first === undefined) throw fault ?? nothingMeasured(stop);
  const codes: ExitCode[] = [];
  if (fault !== undefined) {
    codes.push(exitCodeOfFault(fault.code));
    door.stderr.write(`${fault.message}\n  ${fault.hint}\n`);
  }
  const online = request === undefined || stop.signal ? null : await measureOnline(request, codes, stop);
  if (stop.signal) codes.push(EXIT.stopped);
  const cost: SignCost = {
    schemaVersion: SIGN_COST_SCHEMA_VERSION,
    tool: TOOL,
    startedAt,
    seed: settings.seed,
    ...offline,
    methods: first.methods,
    comparisons: first.comparisons,
    control: first.control,
    online,
    unavailable,
    environment: signingEnvironment(),
  };
  const shown = flags.json ? terminalJson(cost) : signCostTable(cost, paintFor(door.stdout, door.env));
  door.stdout.write(`${shown}\n`);
  if (flags.html !== undefined) await writePage(flags.html, signCostPage(cost));
  door.finish(firstOf(codes.filter((code) => code !== EXIT.invalid || !flags.allowInvalid)));
  stop.close();
}

/** Each method, and HTTPS before where the scenario has that: what the request of a token costs shows beside the same method without it. */
function waysOf({ scenario }: ScenarioInput, signmethods: Signmethod[]): OnlineWay[] {
  return isHttps(scenario.auth) ? [...signmethods, 'https'] : signmethods;
}

function nothingMeasured({ signal }: StopRequest): FleetError {
  return new FleetError('stopped', `${signal}: stopped before anything was measured`);
}

/** Reads what is still to be read: its problems are bad input too, and nothing has been opened. */
async function onlineRequest(
  input: ScenarioInput,
  settings: Omit<OnlineRequest, 'input' | 'knownDevices'>,
): Promise<OnlineRequest> {
  const knownDevices = await devicesKnownTo(input.scenario, input.devices);
  return { ...settings, input, knownDevices };
}

async function scenarioOf(file: string, flags: SignCostFlags, door: Door): Promise<ScenarioInput> {
  const input = await givenScenario({ ...flags, scenario: file }, door);
  // Others have a way to sign in of that name too.
  const { platform, auth } = input.scenario;
  if (platform !== aliyun.name || (!isHmac(auth) && !isHttps(auth))) {
    const hint = 'it is for platform: aliyun, whose devices sign in by HMAC (auth: hmac or https)';
    throw badInput([{ file, message: 'nothing is signed in this scenario', hint }]);
  }
  return input;
}

function asksOpenssl({ openssl }: SignCostFlags, { durationUs }: SignCostSettings): boolean {
  return openssl && durationUs >= LEAST_WITH_OPENSSL_US;
}

function plan(settings: SignCostSettings, signmethods: Signmethod[], flags: SignCostFlags): string {
  const { durationUs, threads } = settings;
  const openssl = asksOpenssl(flags, settings)
    ? `openssl speed for ${signmethods.length * SECONDS_PER_METHOD} s where it is installed, then `
    : '';
  const spans = threads.map((count) => (count === 1 ? '1 thread' : `${count} threads`)).join(', then ');
  return `${signmethods.join(', ')} take turns for ${formatDuration(durationUs)}: ${openssl}${spans}, for the same time each`;
}

async function measureOffline(
  flags: SignCostFlags,
  settings: SignCostSettings,
  input: ScenarioInput | undefined,
  signmethods: Signmethod[],
  stop: StopRequest,
  say: (line: string) => void,
): Promise<Pick<SignCost, 'devices' | 'contentBytes' | 'openssl'> & SigningResult> {
  const clock = monotonicClock();
  const endUs = clock.nowUs() + settings.durationUs;
  const devices = input?.devices ?? generateDevices(GENERATED.productKey, GENERATED.count, GENERATED.prefix);
  const auth = input?.scenario.auth;
  const timestamp = auth !== undefined && (isHmac(auth) || isHttps(auth)) ? auth.timestamp : 'now';
  const contentBytes = contentBytesOf({ devices, timestamp });
  const openssl = asksOpenssl(flags, settings) ? await opensslSpeed(signmethods, contentBytes) : null;
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const stopListening = stop.listen((signal) => {
    Atomics.store(stopped, 0, 1);
    say(`stopping: ${signal}`);
  });
  const result = await measureSigning({
    devices,
    timestamp,
    target: targetOf(input),
    signmethods,
    threads: settings.threads,
    spanUs: (endUs - clock.nowUs()) / settings.threads.length,
    seed: settings.seed,
    clock,
    stopped,
  });
  stopListening();
  return { devices: devices.count, contentBytes, openssl, ...result };
}

/** The stand-in is not up; what signing takes of it is only whether it speaks TLS. */
function targetOf(input: ScenarioInput | undefined): Target {
  if (input === undefined) return NOWHERE;
  const { target, broker } = input.scenario;
  return target.kind === 'embedded' ? { ...NOWHERE, protocol: broker.tls ? 'mqtts' : 'mqtt' } : target;
}
