import { expect, it } from 'vitest';
import { connectsOnceOnly, hintsOf } from '../../../../src/app/record/run-hints.ts';
import { hinterOf } from '../../../../src/client/failure-hint.ts';
import { aliyun } from '../../../../src/platform/aliyun/aliyun.ts';
import { scenarioOf } from '../../load/fleet.ts';

const POLICY = { policy: 'fixed', delayUs: 1e6, maxDelayUs: 1e6, perMinute: 5 } as const;
const REFUSED = { phase: 'connack', kind: 'rejected', code: 'CONNACK 3', count: 9, examples: ['d0'] };
const LOST = { phase: 'open', kind: 'reset', code: 'ECONNRESET', count: 9, examples: ['d0'] };
const { connect } = scenarioOf();
const hintOf = hinterOf(aliyun);

it('says that reconnect does not try first connects again, where some failed for good', () => {
  const scenario = { connectsOnce: connectsOnceOnly({ connect, reconnect: POLICY }) };
  const hint = hintsOf(scenario, { connects_failed: 9 })(REFUSED);
  expect(hint).toContain(hintOf(REFUSED));
  expect(hint).toContain('connect.retry');
  expect(hintsOf(scenario, { connects_failed: 9 })(LOST)).toBe(hintOf(LOST));
  expect(hintsOf(scenario, { connects_failed: 0 })(REFUSED), 'only returns failed').toBe(hintOf(REFUSED));
});

it('says nothing of it where nobody asked for devices that come back, or they do try', () => {
  for (const scenario of [{ connect }, { connect: { ...connect, retry: POLICY }, reconnect: POLICY }]) {
    expect(hintsOf({ connectsOnce: connectsOnceOnly(scenario) }, { connects_failed: 9 })(REFUSED)).toBe(
      hintOf(REFUSED),
    );
  }
});

it('says what an answer means of the way in which the devices sign in, which need not have a DeviceSecret', () => {
  const refused = { ...REFUSED, code: 'CONNACK 4' };
  const hintBy = (method?: string) =>
    hintsOf({ connectsOnce: false, method }, { connects_failed: 9 })(refused);
  expect(hintBy()).toBe(hintOf(refused));
  expect(hintBy('hmac')).toContain('DeviceSecret');
  expect(hintBy('x509')).toContain('certificate');
  expect(hintBy('token')).toContain('deviceToken');
  expect(hintBy('password')).toContain('passwd');
});

it('says of HTTPS first that the service named the address', () => {
  const closed = { phase: 'connack', kind: 'closed', code: '', count: 1, examples: ['d0'] };
  const hintBy = (method: string) => hintsOf({ connectsOnce: false, method }, { connects_failed: 1 })(closed);
  expect(hintBy('hmac')).not.toContain('resources');
  expect(hintBy('https')).toContain('resources: false');
});
