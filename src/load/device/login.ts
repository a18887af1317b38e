/** The start of one attempt: signs and opens. */
import type { Attempt } from '../../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../../client/connection.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import type { Scenario, Target } from '../../model/scenario.ts';
import { type Credentials, sign, timestampText } from '../../platform/aliyun/credentials.ts';
import { type Endpoint, endpointOf, securemodeOf } from '../../platform/aliyun/endpoint.ts';
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
