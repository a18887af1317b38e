import { describe, expect, it } from 'vitest';
import { faultPlanOf } from '../../../../src/cli/flags/fault-flags.ts';

describe('faultPlanOf', () => {
  it('is no plan without flags', () => {
    expect(faultPlanOf({})).toEqual({ plan: undefined, problems: [] });
    expect(faultPlanOf({ seed: 5 }).plan).toBeUndefined();
  });

  it('reads every flag', () => {
    const { plan, problems } = faultPlanOf({
      delayConnack: '20ms',
      freeze: '5s+2s,20s+500ms',
      drop: '1%',
      swap: '0.5%',
      disconnectAt: '10s,1m:50%',
      seed: 5,
    });
    expect(problems).toEqual([]);
    expect(plan).toEqual({
      seed: 5,
      delay: { connack: { kind: 'fixed', us: 20_000 } },
      freeze: [
        { atUs: 5_000_000, forUs: 2_000_000 },
        { atUs: 20_000_000, forUs: 500_000 },
      ],
      downlink: { drop: 0.01, swap: 0.005 },
      disconnect: [
        { atUs: 10_000_000, share: 1 },
        { atUs: 60_000_000, share: 0.5 },
      ],
    });
  });

  it('lists all that is wrong', () => {
    const wrong = {
      '--delay-connack': { delayConnack: 'soon' },
      '--delay-puback': { delayPuback: '' },
      '--delay-reply': { delayReply: '5 ms' },
      '--freeze': { freeze: '5s' },
      '--drop': { drop: '101%' },
      '--repeat': { repeat: '0.5' },
      '--swap': { swap: '' },
      '--disconnect-at': { disconnectAt: '10s:150%' },
      '--seed': { seed: Number.NaN },
    };
    const { problems } = faultPlanOf(Object.assign({}, ...Object.values(wrong)));
    expect(problems.map(({ file }) => file)).toEqual(Object.keys(wrong));
    expect(faultPlanOf({ drop: '60%', swap: '50%' }).problems).toHaveLength(1);
  });
});
