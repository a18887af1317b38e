/** `check --probe`: the first device of the list signs in as it would in a run, and the user sees each step of it. */

import { Attempt } from '../client/attempt.ts';
import { clientOf } from '../client/clients.ts';
import type { Connection } from '../client/connection.ts';
import { hinterOf } from '../client/failure-hint.ts';
import type { LoginHandler } from '../load/device/logging-in.ts';
import { loginContext, preparedLogin, signIn } from '../load/device/login.ts';
import { monotonicClock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { CONNECT_PHASES, type Failure } from '../model/failure.ts';
import { LongTimer } from '../model/long-timer.ts';
import type { Scenario } from '../model/scenario.ts';
import { authorityOf } from '../model/target.ts';
import { inert } from '../model/terminal-text.ts';

import { limitTexts } from '../mqtt/server-limits.ts';
import { type Endpoint, endpointOf } from '../platform/endpoint.ts';
import { meaningOf } from '../platform/platforms.ts';
import { formatUsInMs } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { type Aimed, devicesKnownTo, withStandIn } from './stand-in.ts';

export interface Probed {
  deviceName: string;
  endpoint: Endpoint;
  attempt: Attempt;
  /** From the start of signing to CONNACK, or to the failure. */
  tookUs: number;
  failure: Failure | undefined;
  /** What the failure means; empty without one. */
  hint: string;
  /** What the server said that it takes (MQTT 5); empty where nothing is limited. */
  limits: string[];
}

/** Starts a stand-in for it where that is the target. Resolves when the device has signed off again. */
export async function probe(scenario: Scenario, devices: DeviceTable): Promise<Probed> {
  const known = await devicesKnownTo(scenario, devices);
  return await withStandIn(scenario, known, (aimed) => probeAgainst(aimed, devices));
}

async function probeAgainst({ scenario, target }: Aimed, devices: DeviceTable): Promise<Probed> {
  const clock = monotonicClock();
  const createClient = await clientOf(scenario).load();
  const client = createClient(scenario);
  const device = new ProbedDevice();
  const identity = devices.identity(0);
  const login = await preparedLogin(scenario, devices);
  const context = { ...loginContext(scenario, devices, target, login), scenario, client };
  const attempt = new Attempt(clock);
  device.connection = signIn(context, identity, 0, attempt, device);
  const deadline = new LongTimer(scenario.connect.timeoutUs, () => device.connection!.expire());
  const failure = await device.outcome;
  deadline.cancel();
  const tookUs = clock.nowUs() - attempt.startUs;
  const limits = limitTexts(device.connection.limits);
  if (failure === undefined) await device.signOff();
  const endpoint = endpointOf(context.platform, target, identity.productKey);
  const hint = failure === undefined ? '' : hinterOf(meaningOf(context.platform, scenario.auth))(failure);
  return { deviceName: identity.deviceName, endpoint, attempt, tookUs, failure, hint, limits };
}

/** Signs in, and does nothing else. */
class ProbedDevice implements LoginHandler {
  readonly outcome: Promise<Failure | undefined>;
  connection: Connection | undefined;
  private settle: (failure?: Failure) => void = () => {};
  private over = false;
  private onOver: () => void = () => {};

  constructor() {
    this.outcome = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  authenticated(connection: Connection): void {
    this.connection = connection;
  }

  /** It publishes nothing. */
  awaitsAck(): boolean {
    return false;
  }

  opened(): void {
    this.settle();
  }

  failed(failure: Failure): void {
    this.settle(failure);
  }

  lost(): void {
    this.ended();
  }

  ended(): void {
    this.over = true;
    this.onOver();
  }

  subscribed(): void {}
  acked(): void {}
  received(): void {}
  drained(): void {}

  signOff(): Promise<void> {
    return new Promise((resolve) => {
      this.onOver = resolve;
      if (this.over) resolve();
      else this.connection!.close();
    });
  }
}

/** Each phase on a line of its own, then what came of it. */
export function probeText({ attempt, tookUs, ...probed }: Probed, paint: Paint): string {
  const { deviceName, endpoint, failure, hint, limits } = inert(probed);
  const { protocol, host, port, path, localAddress } = endpoint;
  const from = localAddress === undefined ? '' : ` from ${localAddress}`;
  const address = `${protocol}://${authorityOf(host, port)}${path}`;
  const done = CONNECT_PHASES.flatMap((phase) => {
    const us = attempt.durationUs[phase];
    return us === undefined ? [] : [`  ${phase.padEnd(10)}${formatUsInMs(us)} ms`];
  });
  const head = [`probe       ${deviceName}${from} → ${address}`, ...done];
  const after = `after ${formatUsInMs(tookUs)} ms`;
  const said = limits.length === 0 ? [] : [`  the server’s limits: ${limits.join(', ')}`];
  if (failure === undefined) {
    return [...head, `  ${paint.good('CONNACK 0')}, signed in ${after}`, ...said].join('\n');
  }
  const { phase, kind, code } = failure;
  const what = paint.bad(code === '' ? kind : `${kind} ${code}`);
  return [...head, `  ${phase.padEnd(10)}${what} ${after}`, `  ${hint}`].join('\n');
}
