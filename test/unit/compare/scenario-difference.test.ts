import { expect, it } from 'vitest';
import { isWithin, loadDifferences, otherEndDifferences } from '../../../src/compare/scenario-difference.ts';

const SCENARIO = `name: a
target: embedded
devices: { generate: { productKey: pk, count: 10 } }
connect: { stages: [{ duration: 4s, rate: 50/s }], timeout: 10s }
publish:
  - topic: "/sys/\${productKey}/\${deviceName}/thing/event/property/post"
    every: 1s
    payload: { template: '{"id":"\${seq}","version":"1.0","params":{"temperature":\${random}}}' }
`;

it('what is written out equals the default, whatever its unit', () => {
  const same = SCENARIO.replace('timeout: 10s', 'timeout: 10000ms, keepalive: 5m').replace('4s', '4000ms');
  expect(loadDifferences(SCENARIO, `${same}client: mqtt\nhold: 0s\n`)).toEqual([]);
});

it('names each place, in the units of a scenario', () => {
  const head = SCENARIO.replace('50/s', '100/s')
    .replace('every: 1s', 'every: 2s\n    qos: 1')
    .replace('timeout: 10s', 'timeout: 1m30s, keepalive: 60s');
  expect(loadDifferences(SCENARIO, head)).toEqual([
    { path: 'connect.stages.0.from', base: '50/s', head: '100/s' },
    { path: 'connect.stages.0.rate', base: '50/s', head: '100/s' },
    { path: 'connect.keepalive', base: '300s', head: '60s' },
    { path: 'connect.timeout', base: '10s', head: '1m30s' },
    { path: 'publish.0.qos', base: '0', head: '1' },
    { path: 'publish.0.every', base: '1s', head: '2s' },
  ]);
});

it('shows long texts from where they part', () => {
  expect(loadDifferences(SCENARIO, SCENARIO.replace('"temperature"', '"humidity"'))).toEqual([
    {
      path: 'publish.0.payload.template',
      base: String.raw`"…,\"params\":{\"temperature\":\${random}}}"`.replace('\\$', '$'),
      head: String.raw`"…,\"params\":{\"humidity\":\${random}}}"`.replace('\\$', '$'),
    },
  ]);
});

it('names, thresholds and the seed are no part of the load; the other end is told apart', () => {
  const head = `${SCENARIO.replace('name: a', 'name: b')}seed: 2
thresholds: { connect_latency: ["max < 1s"] }
broker: { delay: { connack: 20ms } }
`;
  expect(loadDifferences(SCENARIO, head)).toEqual([]);
  expect(otherEndDifferences(SCENARIO, head)).toEqual([
    { path: 'broker.delay.connack', base: 'absent', head: '20ms' },
  ]);
  expect(otherEndDifferences(SCENARIO, SCENARIO)).toEqual([]);
});

it('a scenario that takes a number from the environment is compared as it is written', () => {
  const base = SCENARIO.replace('every: 1s', 'every: "${ENV:EVERY}"');
  expect(loadDifferences(base, base.replace('ENV:EVERY', 'ENV:OTHER'))).toEqual([
    { path: 'publish.0.every', base: '"${ENV:EVERY}"', head: '"${ENV:OTHER}"' },
  ]);
  expect(loadDifferences(base, base.replace('timeout: 10s', 'timeout: 5s'))).toEqual([
    { path: 'connect.timeout', base: '10s', head: '5s' },
  ]);
});

it('a path is within itself and what is around it', () => {
  expect(isWithin('connect.stages.0', ['connect'])).toBe(true);
  expect(isWithin('connect', ['connect'])).toBe(true);
  expect(isWithin('connection', ['connect'])).toBe(false);
  expect(isWithin('connect', ['connect.stages'])).toBe(false);
});
