import { describe, expect, it } from 'vitest';
import { KIND, type LimitSetting } from '../../../src/limit/limit-kind.ts';
import { publishOf, scenarioOf } from '../load/fleet.ts';

function setting(part: Partial<LimitSetting> = {}): LimitSetting {
  return { scenario: scenarioOf(), devices: 600, holdUs: 3e6, ...part };
}

describe('a trial of connections', () => {
  it('opens that many at the ramp, and holds', () => {
    expect(KIND.connections.plan(437, 200, setting({ holdUs: 2e6 }))).toEqual({
      connections: 437,
      connectsPerSec: 200,
      publishFactor: 0,
      holdUs: 2e6,
    });
  });

  it('lets the devices send what the scenario says, and goes up to their number', () => {
    const scenario = scenarioOf({ publish: [publishOf()] });
    expect(KIND.connections.plan(1, 1, setting({ scenario })).publishFactor).toBe(1);
    expect(KIND.connections.most(setting())).toBe(600);
  });
});

describe('a trial of the connect rate', () => {
  it('connects each device once, at that rate', () => {
    expect(KIND['connect-rate'].plan(150, 7, setting())).toMatchObject({
      connections: 450,
      connectsPerSec: 150,
    });
    expect(KIND['connect-rate'].most(setting())).toBe(200);
  });

  it('has one device at least, where there is time for none', () => {
    expect(KIND['connect-rate'].plan(1, 7, setting({ holdUs: 100_000 })).connections).toBe(1);
    expect(KIND['connect-rate'].most(setting({ devices: 1 }))).toBe(1);
  });
});

describe('a trial of the message rate', () => {
  // 600 devices, each one message per second and two per ten seconds.
  const scenario = scenarioOf({ publish: [publishOf({ everyUs: 1e6 }), publishOf({ everyUs: 5e6 })] });

  it('makes all devices send faster or slower, beginning with the pace of the scenario', () => {
    const kind = KIND['message-rate'];
    expect(kind.first(setting({ scenario }))).toBe(720);
    expect(kind.plan(720, 100, setting({ scenario }))).toMatchObject({ connections: 600, publishFactor: 1 });
    expect(kind.plan(2880, 100, setting({ scenario })).publishFactor).toBe(4);
  });
});
