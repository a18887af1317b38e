import { describe, expect, it } from 'vitest';
import { flags } from '../../../../src/cli/flags/flags.ts';
import { readFlags } from '../../../../src/cli/flags/read-flags.ts';
import { QUOTA_FLAGS, quotasOf } from '../../../../src/cli/flags/stand-in-flags.ts';

async function read(given: Record<string, unknown>) {
  const { values, problems } = await readFlags(flags({ ...QUOTA_FLAGS }), { given, words: [] });
  return problems.length > 0 ? { problems } : { quotas: quotasOf(values), problems };
}

describe('quotasOf', () => {
  it('is none without flags', async () => {
    expect(await read({})).toEqual({ problems: [] });
  });

  it('reads every flag', async () => {
    const { quotas, problems } = await read({
      maxConnections: 437,
      connectRate: '300',
      connectsPerMinute: 5,
      messageRateQos0: '30',
      messageRateQos1: '600/m',
      maxMessageSize: '256KB',
      maxSubscriptions: 100,
      maxTopicsPerSubscribe: 8,
      overQuota: 'ignore',
    });
    expect(problems).toEqual([]);
    expect(quotas).toEqual({
      connections: 437,
      connectsPerSec: 300,
      connectsPerMinute: 5,
      messageRate: { qos0PerSec: 30, qos1PerSec: 10 },
      messageBytes: 262_144,
      subscriptions: 100,
      topicsPerSubscribe: 8,
      refuse: 'ignore',
    });
  });

  it('takes the platform’s and changes those that are given', async () => {
    const { quotas } = await read({ quotas: 'aliyun', connectRate: '50', messageRateQos1: '1' });
    expect(quotas).toMatchObject({
      connectsPerSec: 50,
      connectsPerMinute: 5,
      messageRate: { qos0PerSec: 30, qos1PerSec: 1 },
    });
  });

  it('takes those of ApsaraMQ', async () => {
    const { quotas } = await read({ quotas: 'apsaramq', maxSubscriptions: 5 });
    expect(quotas).toEqual({ messageBytes: 65_536, subscriptions: 5 });
  });

  it('lists all that is wrong, by flag', async () => {
    const wrong = {
      '--quotas': { quotas: 'azure' },
      '--max-connections': { maxConnections: 0 },
      '--connect-rate': { connectRate: 'many' },
      '--connects-per-minute': { connectsPerMinute: 1.5 },
      '--message-rate-qos0': { messageRateQos0: '-1' },
      '--message-rate-qos1': { messageRateQos1: '1..2' },
      '--max-message-size': { maxMessageSize: '256' },
      '--max-subscriptions': { maxSubscriptions: Number.NaN },
      '--max-topics-per-subscribe': { maxTopicsPerSubscribe: -8 },
      '--over-quota': { overQuota: 'connack9' },
    };
    const { quotas, problems } = await read(Object.assign({}, ...Object.values(wrong)));
    expect(quotas).toBeUndefined();
    expect(problems.map(({ file }) => file)).toEqual(Object.keys(wrong));
    expect(problems[0]).toMatchObject({ message: 'is not possible here', hint: 'one of: aliyun, apsaramq' });
    expect(problems[2]).toMatchObject({ message: 'is not a rate; write e.g. 500/s, 90/m' });
  });
});
