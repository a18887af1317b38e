import { describe, expect, it } from 'vitest';
import { flags } from '../../../../src/cli/flags/flags.ts';
import { readFlags } from '../../../../src/cli/flags/read-flags.ts';
import { FAULT_FLAGS, faultPlanOf, STAND_IN_RULES } from '../../../../src/cli/flags/stand-in-flags.ts';

const FLAGS = flags({ ...FAULT_FLAGS }, STAND_IN_RULES);

/** The plan is of use only without problems. */
async function read(given: Record<string, unknown>) {
  const { values, problems } = await readFlags(FLAGS, { given, words: [] });
  return { plan: faultPlanOf(values), problems };
}

describe('the plan', () => {
  it('is no plan without flags', async () => {
    expect(await read({})).toEqual({ plan: undefined, problems: [] });
    expect((await read({ seed: 5 })).plan).toBeUndefined();
  });

  it('reads every flag', async () => {
    const { plan, problems } = await read({
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

  it('lists all that is wrong', async () => {
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
    const { problems } = await read(Object.assign({}, ...Object.values(wrong)));
    expect(problems.map(({ file }) => file)).toEqual(Object.keys(wrong));
    expect((await read({ freeze: '5s+0s' })).problems).toHaveLength(1);
    expect((await read({ drop: '60%', swap: '50%' })).problems).toHaveLength(1);
  });
});
