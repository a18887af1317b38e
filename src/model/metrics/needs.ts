/** What metrics need a scenario to do, each with the reason why there is no data where it does not. Pure. */
import { isIP } from 'node:net';
import type { Scenario } from '../scenario.ts';
import { effectiveSubscriptions } from '../subscriptions.ts';
import { type Counter, METRIC_ROWS, type MetricName, type NeedName } from './metric-names.ts';

interface Need {
  /** Reason why nothing will be measured; undefined where something may be. */
  unmet(scenario: Scenario): string | undefined;
  /** Counter of what must fall due before there can be anything. */
  cause: Counter;
}

export const NOTHING_PUBLISHED = 'nothing is published';

const NEEDS: Readonly<Record<NeedName, Need>> = {
  tls: {
    unmet: (scenario) => (isTls(scenario) ? undefined : 'the target is not TLS'),
    cause: 'connects_scheduled',
  },
  'look-up': {
    unmet: ({ target }) => {
      if (target.kind === 'embedded') return 'the stand-in has a literal address';
      return target.kind === 'url' && isIP(target.host) > 0 ? 'the target is a literal address' : undefined;
    },
    cause: 'connects_scheduled',
  },
  retry: {
    unmet: ({ connect }) => (connect.retry === undefined ? 'connect.retry is off' : undefined),
    cause: 'connects_scheduled',
  },
  reconnect: {
    unmet: ({ reconnect }) => (reconnect === undefined ? 'reconnect is off' : undefined),
    cause: 'connects_scheduled',
  },
  subscriptions: {
    unmet: (scenario) =>
      effectiveSubscriptions(scenario).length === 0 ? 'nothing is subscribed to' : undefined,
    cause: 'connects_scheduled',
  },
  messages: {
    unmet: ({ publish }) => (publish.length === 0 ? NOTHING_PUBLISHED : undefined),
    cause: 'messages_scheduled',
  },
  acknowledgements: {
    unmet: ({ publish }) => {
      if (publish.length === 0) return NOTHING_PUBLISHED;
      return publish.some(({ qos }) => qos > 0) ? undefined : 'at QoS 0 nothing is acknowledged';
    },
    cause: 'messages_scheduled',
  },
  replies: {
    unmet: ({ publish }) =>
      publish.some(({ reply }) => reply !== undefined) ? undefined : 'no publish has a reply',
    cause: 'messages_scheduled',
  },
  headers: {
    unmet: ({ publish, subscribe }) => {
      if (!publish.some(({ payload }) => payload.kind === 'size'))
        return 'no publish has a payload of the form { size: … }, which carries number and time';
      return subscribe.length === 0 ? 'nothing is subscribed to' : undefined;
    },
    cause: 'messages_scheduled',
  },
  // The platform answers publishes without being subscribed to, so both must be absent.
  downlink: {
    unmet: ({ publish, subscribe }) =>
      publish.length === 0 && subscribe.length === 0 ? 'nothing is published or subscribed to' : undefined,
    cause: 'messages_scheduled',
  },
};

/** Reason why a run of the scenario will measure nothing of the metric; undefined where it may. */
export function needUnmet(metric: MetricName, scenario: Scenario): string | undefined {
  const { needs } = METRIC_ROWS[metric];
  return needs === undefined ? undefined : NEEDS[needs].unmet(scenario);
}

/** Counter of what must have fallen due for the metric to be caused at all. */
export function causeOf(metric: MetricName): Counter {
  const { needs } = METRIC_ROWS[metric];
  return needs === undefined ? 'connects_scheduled' : NEEDS[needs].cause;
}

function isTls({ target, broker }: Scenario): boolean {
  if (target.kind === 'embedded') return broker.tls;
  return target.kind === 'url' ? target.protocol === 'mqtts' || target.protocol === 'wss' : target.tls;
}
