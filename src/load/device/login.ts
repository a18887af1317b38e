/** The start of one attempt: logs in and opens. */
import type { Attempt } from '../../client/attempt.ts';
import type { Client, Connection, ConnectionHandler } from '../../client/connection.ts';
import type { DeviceTable, Identity } from '../../model/devices/device-table.ts';
import { FleetError } from '../../model/errors.ts';
import type { Scenario, Target, TlsOptions, WillMessage } from '../../model/scenario.ts';
import { type Endpoint, endpointOf } from '../../platform/endpoint.ts';
import type { Credentials, Login, LoginAttempt } from '../../platform/login.ts';
import type { Platform } from '../../platform/platform.ts';
import { methodOf, platformOf } from '../../platform/platforms.ts';
import { compileTopic } from '../behaviour/template.ts';
import { LoggingIn, type LoginHandler } from './logging-in.ts';

/** As much of a DeviceContext as logging in takes. */
export interface LoginContext {
  platform: Platform;
  login: Login;
  /** The will of a device; undefined where none has one. */
  willOf: ((device: Identity) => WillMessage) | undefined;
  /** The scenario's target once `embedded` has got its address. */
  target: Target;
}

type HowTheySignIn = Pick<Scenario, 'platform' | 'auth'> & Partial<Pick<Scenario, 'tls'>>;

const DEFAULT_TLS: TlsOptions = { verify: true };

/** Once per thread: what some ways of signing in must load is there then. */
export async function preparedLogin(scenario: HowTheySignIn, devices: DeviceTable): Promise<Login> {
  const { auth, tls = DEFAULT_TLS } = scenario;
  return await methodOf(platformOf(scenario), auth).prepare(auth, devices, tls);
}

/** As much of a login as a rehearsal may do: nobody is asked for what no device needs. */
export function rehearsedLogin({ platform, auth }: HowTheySignIn, login: Login): Login {
  return methodOf(platformOf({ platform }), auth).asksOthers ? AT_NOBODY : login;
}

const AT_NOBODY: Login = async ({ clientId }) => ({
  mqttClientId: clientId,
  username: clientId,
  password: clientId,
});

/** Made once for all devices of a shard; `login` where it was prepared before, as one that loads something must be. */
export function loginContext(
  scenario: HowTheySignIn & Pick<Scenario, 'will'>,
  devices: DeviceTable,
  target: Target,
  login?: Login,
): LoginContext {
  const platform = platformOf(scenario);
  const { will } = scenario;
  return {
    platform,
    login: login ?? loginAtOnce(scenario, devices),
    willOf: will && compileWill(will),
    target,
  };
}

function loginAtOnce(scenario: HowTheySignIn, devices: DeviceTable): Login {
  const { auth, tls = DEFAULT_TLS } = scenario;
  const login = methodOf(platformOf(scenario), auth).prepare(auth, devices, tls);
  if (login instanceof Promise) throw new FleetError('harness', `auth: ${auth.method} is not prepared`);
  return login;
}

/**
 * The connection of an attempt that is in its sign phase. `row` is the device's in the list: its secrets are looked at by its login only.
 */
export function signIn(
  context: LoginContext & { scenario: Pick<Scenario, 'localAddresses'>; client: Client },
  device: Identity,
  row: number,
  attempt: Attempt,
  handler: LoginHandler,
): Connection {
  const localAddress = localAddressOf(context.scenario.localAddresses, row);
  const { endpoint, credentials } = loginOf(context, device, row, Date.now(), attempt, localAddress);
  endpoint.row = row;
  return credentials instanceof Promise
    ? openLater(context, device, endpoint, credentials, attempt, handler)
    : open(context, device, endpoint, credentials, attempt, handler);
}

type Opening = Pick<LoginContext, 'willOf'> & { client: Client };

function openLater(
  context: Opening,
  device: Identity,
  endpoint: Endpoint,
  credentials: Promise<Credentials>,
  attempt: Attempt,
  handler: LoginHandler,
): Connection {
  return new LoggingIn(attempt, handler, credentials, (ready) =>
    open(context, device, endpoint, ready, attempt, handler),
  );
}

function open(
  { client, willOf }: Opening,
  device: Identity,
  endpoint: Endpoint,
  credentials: Credentials,
  attempt: Attempt,
  handler: ConnectionHandler,
): Connection {
  if (credentials.address !== undefined) Object.assign(endpoint, credentials.address);
  endpoint.secureContext = credentials.tls;
  endpoint.psk = credentials.psk;
  if (willOf !== undefined) credentials.will = willOf(device);
  return client.connect(attempt, endpoint, credentials, handler);
}

/** What logging in is, from a device's names to what CONNECT carries: the experiment that measures its cost calls this as well. */
export function loginOf(
  { platform, login, target }: LoginContext,
  device: Identity,
  row: number,
  epochMs: number,
  attempt: LoginAttempt,
  localAddress?: string,
): { endpoint: Endpoint; credentials: Credentials | Promise<Credentials> } {
  const endpoint = endpointOf(platform, target, device.productKey);
  endpoint.localAddress = localAddress;
  return { endpoint, credentials: login(device, row, endpoint, epochMs, attempt) };
}

function compileWill(will: WillMessage): (device: Identity) => WillMessage {
  const topic = compileTopic(will.topic);
  const payload = compileTopic(will.payload);
  return (device) => ({ ...will, topic: topic(device), payload: payload(device) });
}

/** Always the same for a device, and as many devices to each address as to any other: source ports are counted by address. */
function localAddressOf(addresses: readonly string[] | undefined, row: number): string | undefined {
  return addresses?.[row % addresses.length];
}
