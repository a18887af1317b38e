/** The start of one attempt: signs and opens. */
import type { Attempt } from '../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../client/connection.ts';
import { CONNECT_PHASES, type ConnectPhase } from '../client/failure.ts';
import type { Recorder } from '../metrics/recorder.ts';
import type { DeviceTable } from '../scenario/device-table.ts';
import type { TimeTrend } from '../scenario/metric-names.ts';
import type { Scenario, Target } from '../scenario/scenario.ts';
import { type Credentials, sign, timestampText } from '../signing/credentials.ts';
import { type Endpoint, endpointOf, securemodeOf } from '../signing/endpoint.ts';
import type { DeviceContext } from './device-context.ts';

/** `row` is the device's in the list. Its secret lives no longer than this call. */
export function signIn(
  context: Pick<DeviceContext, 'scenario' | 'devices' | 'target' | 'client'>,
  row: number,
  attempt: Attempt,
  handler: ConnectionHandler,
): Connection {
  const { endpoint, credentials } = loginOf(context, row, Date.now());
  endpoint.localAddress = localAddressOf(context.scenario.localAddresses, row);
  return context.client.connect(attempt, endpoint, credentials, handler);
}

/** As much of a DeviceContext as signing takes. */
export interface SigningContext {
  scenario: Pick<Scenario, 'auth'>;
  devices: DeviceTable;
  target: Target;
}

/** What signing is, from a row of the list to what CONNECT carries: the experiment that measures its cost calls this as well. */
export function loginOf(
  { scenario, devices, target }: SigningContext,
  row: number,
  epochMs: number,
): { endpoint: Endpoint; credentials: Credentials } {
  const triple = devices.signingTriple(row);
  const endpoint = endpointOf(target, triple.productKey);
  const timestamp = timestampText(scenario.auth.timestamp, epochMs);
  const credentials = sign(triple, scenario.auth.signmethod, securemodeOf(endpoint.protocol), timestamp);
  return { endpoint, credentials };
}

/** Always the same for a device, and as many devices to each address as to any other: source ports are counted by address. */
function localAddressOf(addresses: readonly string[] | undefined, row: number): string | undefined {
  return addresses?.[row % addresses.length];
}

const TREND_OF_PHASE = Object.fromEntries(
  CONNECT_PHASES.map((phase) => [phase, `connect_${phase}`]),
) as Record<ConnectPhase, TimeTrend>;

/** A first connect that came about, `serviceUs` after the attempt's start. */
export function recordConnect(recorder: Recorder, attempt: Attempt, serviceUs: number): void {
  const { counters, trends } = recorder;
  counters.connects_ok++;
  trends.connect_service.record(serviceUs);
  trends.connect_latency.record(Math.max(0, attempt.startUs + serviceUs - attempt.intendedUs));
  for (const phase of CONNECT_PHASES) {
    const durationUs = attempt.durationUs[phase];
    if (durationUs !== undefined) trends[TREND_OF_PHASE[phase]].record(durationUs);
  }
}
