/** What metrics need a scenario to do, each with the reason why there is no data where it does not. Pure. */
import { isIP } from 'node:net';
import type { Scenario } from '../scenario.ts';
import { effectiveSubscriptions } from '../subscriptions.ts';
import { EMBEDDED_SERVICE, usesTls } from '../target.ts';
import { type Counter, METRIC_ROWS, type MetricName, type NeedName } from './metric-names.ts';

const NO_REQUEST = 'the devices ask for no token (auth: https)';

export const NOTHING_PUBLISHED = 'nothing is published';

/** Reason why nothing will be measured; undefined where something may be. */
type Unmet = (scenario: Scenario) => string | undefined;

/** Needs of what comes of connects. */
const OF_CONNECTS = {
  tls: (scenario) => (usesTls(scenario) ? undefined : 'the target is not TLS'),
  resumption: (scenario) => {
    if (!usesTls(scenario)) return 'the target is not TLS';
    return scenario.tls.resume === undefined ? 'tls.resume is off' : undefined;
  },
  'look-up': ({ target }) => {
    if (target.kind === 'embedded') return 'the stand-in has a literal address';
    return target.kind === 'url' && isIP(target.host) > 0 ? 'the target is a literal address' : undefined;
  },
  auth: ({ auth }) => (auth.url === undefined ? NO_REQUEST : undefined),
  'auth tls': ({ auth: { url } }) => {
    if (url === undefined) return NO_REQUEST;
    return url.startsWith('http:') ? 'tokens are asked for over plain HTTP' : undefined;
  },
  'auth look-up': ({ auth: { url } }) => {
    if (url === undefined) return NO_REQUEST;
    if (url === EMBEDDED_SERVICE) return 'the stand-in has a literal address';
    return isIP(hostOf(url)) > 0 ? 'auth.url is a literal address' : undefined;
  },
  retry: ({ connect }) => (connect.retry === undefined ? 'connect.retry is off' : undefined),
  reconnect: ({ reconnect }) => (reconnect === undefined ? 'reconnect is off' : undefined),
  subscriptions: (scenario) =>
    effectiveSubscriptions(scenario).length === 0 ? 'nothing is subscribed to' : undefined,
} as const satisfies Record<string, Unmet>;

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

function acknowledgedUnmet({ publish }: Scenario): string | undefined {
  if (publish.length === 0) return NOTHING_PUBLISHED;
  return publish.some(({ qos }) => qos > 0) ? undefined : 'at QoS 0 nothing is acknowledged';
}

function headersUnmet({ publish, subscribe }: Scenario): string | undefined {
  if (!publish.some(({ payload }) => payload.kind === 'size'))
    return 'no publish has a payload of the form { size: … }, which carries number and time';
  return subscribe.length === 0 ? 'nothing is subscribed to' : undefined;
}

const CLEAN_SESSIONS = 'every session is clean; clean: false keeps it';

function sessionUnmet({ keptSession, reconnect }: Scenario): string | undefined {
  if (keptSession === undefined) return CLEAN_SESSIONS;
  return reconnect === undefined ? 'reconnect is off' : undefined;
}

/** Needs of what comes of messages. */
const OF_MESSAGES = {
  messages: ({ publish }) => (publish.length === 0 ? NOTHING_PUBLISHED : undefined),
  acknowledgements: acknowledgedUnmet,
  resending: (scenario) => sessionUnmet(scenario) ?? acknowledgedUnmet(scenario),
  replies: ({ publish }) =>
    publish.some(({ reply }) => reply !== undefined) ? undefined : 'no publish has a reply',
  headers: headersUnmet,
  backlog: (scenario) => (scenario.keptSession === undefined ? CLEAN_SESSIONS : headersUnmet(scenario)),
  // The platform answers publishes without being subscribed to, so both must be absent.
  downlink: ({ publish, subscribe }) =>
    publish.length === 0 && subscribe.length === 0 ? 'nothing is published or subscribed to' : undefined,
} as const satisfies Record<string, Unmet>;

const NEEDS: Readonly<Record<NeedName, Unmet>> = { ...OF_CONNECTS, ...OF_MESSAGES };

/** Reason why a run of the scenario will measure nothing of the metric; undefined where it may. */
export function needUnmet(metric: MetricName, scenario: Scenario): string | undefined {
  const { needs } = METRIC_ROWS[metric];
  return needs === undefined ? undefined : NEEDS[needs](scenario);
}

/** Counter of what must have fallen due for the metric to be caused at all. */
export function causeOf(metric: MetricName): Counter {
  const { needs } = METRIC_ROWS[metric];
  return needs !== undefined && needs in OF_MESSAGES ? 'messages_scheduled' : 'connects_scheduled';
}
