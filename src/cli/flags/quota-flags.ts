/** The flags of `mqtt-fleet broker` that set quotas: each is one key of `broker.quotas` in a scenario, and is read as that. */
import type { Options } from 'yargs';
import { defaultMessage } from '../../input/zod-message.ts';
import type { Problem } from '../../model/errors.ts';
import { type Quotas, REFUSALS } from '../../model/scenario.ts';
import { quotaLimits } from '../../scenario/schema/quota-schema.ts';

export interface QuotaFlags {
  quotas?: string;
  maxConnections?: number;
  connectRate?: string;
  connectsPerMinute?: number;
  messageRateQos0?: string;
  messageRateQos1?: string;
  maxMessageSize?: string;
  maxSubscriptions?: number;
  maxTopicsPerSubscribe?: number;
  overQuota?: string;
}

const option = (type: 'string' | 'number', describe: string): Options => ({
  type,
  group: 'Quotas:',
  describe,
});

export const QUOTA_OPTIONS = {
  quotas: option(
    'string',
    'aliyun: all limits that the platform documented in 2019, but for those given below',
  ),
  'max-connections': option('number', 'Connections open at once'),
  'connect-rate': option('string', 'CONNECTs per second of all devices together'),
  'connects-per-minute': option('number', 'CONNECTs of one device within a minute'),
  'message-rate-qos0': option(
    'string',
    'QoS 0 messages per second of one device; those above are dropped silently',
  ),
  'message-rate-qos1': option('string', 'The same of QoS 1, acknowledged all the same'),
  'max-message-size': option('string', 'Payload of a message, e.g. 256KB; a larger one ends the connection'),
  'max-subscriptions': option('number', 'Subscriptions of one device'),
  'max-topics-per-subscribe': option('number', 'Topics in one SUBSCRIBE'),
  'over-quota': option('string', `What a CONNECT over a quota gets: ${REFUSALS.join(', ')} [${REFUSALS[0]}]`),
} as const satisfies Record<string, Options>;

/** By the key of the scenario; the two of `messageRate` by their path. */
const FLAG_OF: Record<string, string> = {
  preset: '--quotas',
  connections: '--max-connections',
  connectRate: '--connect-rate',
  connectsPerMinute: '--connects-per-minute',
  'messageRate.qos0': '--message-rate-qos0',
  'messageRate.qos1': '--message-rate-qos1',
  messageSize: '--max-message-size',
  subscriptions: '--max-subscriptions',
  topicsPerSubscribe: '--max-topics-per-subscribe',
  refuse: '--over-quota',
};

/** Undefined when no quota was asked for; of use only without problems. */
export function quotasOf(flags: QuotaFlags): { quotas?: Quotas; problems: Problem[] } {
  const asked = present({
    preset: flags.quotas,
    connections: flags.maxConnections,
    connectRate: perSecond(flags.connectRate),
    connectsPerMinute: flags.connectsPerMinute,
    messageRate: present({
      qos0: perSecond(flags.messageRateQos0),
      qos1: perSecond(flags.messageRateQos1),
    }),
    messageSize: flags.maxMessageSize,
    subscriptions: flags.maxSubscriptions,
    topicsPerSubscribe: flags.maxTopicsPerSubscribe,
    refuse: flags.overQuota,
  });
  if (asked === undefined) return { problems: [] };
  const { success, data, error } = quotaLimits.safeParse(asked, { error: defaultMessage });
  if (success) return { quotas: data, problems: [] };
  const problems = error.issues.map((issue) => ({
    file: FLAG_OF[issue.path.join('.')]!,
    message: issue.message,
    ...(issue.code === 'invalid_value' ? { hint: `one of: ${issue.values.join(', ')}` } : {}),
  }));
  return { problems };
}

/** A bare number is one per second. */
function perSecond(given: string | undefined): string | undefined {
  return given !== undefined && /^[\d.]+$/.test(given) ? `${given}/s` : given;
}

/** Without what is undefined; undefined if all of it is. */
function present(values: Record<string, unknown>): Record<string, unknown> | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}
