/** The flags of `mqtt-fleet broker` that set quotas: each is one key of `broker.quotas` in a scenario, and is read as that. */
import { type Quotas, REFUSALS } from '../../model/scenario.ts';
import { quotaLimits } from '../../scenario/schema/quota-schema.ts';
import { asWritten, type KeyFlag, keyFlags } from './key-flags.ts';

const QUOTAS = {
  quotas: {
    key: 'preset',
    description: 'aliyun: all limits that the platform documented in 2019, but for those given below',
  },
  maxConnections: { key: 'connections', takes: 'number', description: 'Connections open at once' },
  connectRate: {
    key: 'connectRate',
    write: perSecond,
    description: 'CONNECTs per second of all devices together',
  },
  connectsPerMinute: {
    key: 'connectsPerMinute',
    takes: 'number',
    description: 'CONNECTs of one device within a minute',
  },
  messageRateQos0: {
    key: 'messageRate.qos0',
    write: perSecond,
    description: 'QoS 0 messages per second of one device; those above are dropped silently',
  },
  messageRateQos1: {
    key: 'messageRate.qos1',
    write: perSecond,
    description: 'The same of QoS 1, acknowledged all the same',
  },
  maxMessageSize: {
    key: 'messageSize',
    description: 'Payload of a message, e.g. 256KB; a larger one ends the connection',
  },
  maxSubscriptions: { key: 'subscriptions', takes: 'number', description: 'Subscriptions of one device' },
  maxTopicsPerSubscribe: {
    key: 'topicsPerSubscribe',
    takes: 'number',
    description: 'Topics in one SUBSCRIBE',
  },
  overQuota: {
    key: 'refuse',
    description: `What a CONNECT over a quota gets: ${REFUSALS.join(', ')} [${REFUSALS[0]}]`,
  },
} as const satisfies Record<string, KeyFlag>;

export const QUOTA_FLAGS = keyFlags(QUOTAS, 'Quotas:', quotaLimits);

/** The quotas that were asked for; undefined where none was. */
export function quotasOf(values: Partial<Record<keyof typeof QUOTAS, unknown>>): Quotas | undefined {
  const asked = asWritten(QUOTAS, values);
  return asked && quotaLimits.parse(asked);
}

/** A bare number is one per second. */
function perSecond(given: string): string {
  return /^[\d.]+$/.test(given) ? `${given}/s` : given;
}
