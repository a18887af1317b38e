import { expect, it } from 'vitest';
import { compilePlans } from '../../../../../src/load/behaviour/telemetry/plans.ts';
import { PublishTimes } from '../../../../../src/load/behaviour/telemetry/publish-times.ts';
import { Publisher } from '../../../../../src/load/behaviour/telemetry/publisher.ts';
import { Wheel } from '../../../../../src/load/time/wheel.ts';
import { publishOf, RUN } from '../../fleet.ts';
import { ManualClock } from '../../manual-clock.ts';

const EVERY_US = 250_000;
const [PLAN] = compilePlans([publishOf({ everyUs: EVERY_US })], Math.random, RUN);

function publisherOf(firstUs: number, endUs: number, onSend: (publisher: Publisher) => void = () => {}) {
  const clock = new ManualClock(0);
  const wheel = new Wheel(clock);
  const sentUs: number[] = [];
  const sender = {
    send(_plan: unknown, intendedUs: number) {
      sentUs.push(intendedUs);
      onSend(publisher);
    },
  };
  const times = new PublishTimes({ kind: 'none' }, EVERY_US, firstUs, firstUs, Math.random);
  const publisher = new Publisher(wheel, sender, PLAN!, times, endUs);
  const runTo = (us: number) => {
    while (clock.us < us) {
      clock.advance(1000);
      wheel.turn();
    }
  };
  return { publisher, sentUs, runTo, clock, wheel };
}

it('sends at first + n × every, up to but not at the end', () => {
  const { sentUs, runTo } = publisherOf(100_000, 1_100_000);
  runTo(3e6);
  expect(sentUs).toEqual([100_000, 350_000, 600_000, 850_000]);
});

it('sends nothing where the first time is at the end already', () => {
  const { sentUs, runTo } = publisherOf(100_000, 100_000);
  runTo(1e6);
  expect(sentUs).toEqual([]);
});

it('catches up after a hold-up, with the intended time of each', () => {
  const { sentUs, clock, wheel, runTo } = publisherOf(100_000, 10e6);
  clock.advance(900_000);
  wheel.turn();
  expect(sentUs).toEqual([100_000, 350_000, 600_000, 850_000]);
  runTo(1_200_000);
  expect(sentUs.at(-1)).toBe(1_100_000);
});

it('stopped, it sends no more', () => {
  const { sentUs, publisher, runTo } = publisherOf(100_000, 10e6);
  runTo(400_000);
  publisher.stop();
  runTo(2e6);
  expect(sentUs).toEqual([100_000, 350_000]);
});

it('may be stopped by what a message brings about, in the middle of catching up', () => {
  const { sentUs, clock, wheel, runTo } = publisherOf(100_000, 10e6, (publisher) => publisher.stop());
  clock.advance(900_000);
  wheel.turn();
  runTo(2e6);
  expect(sentUs).toEqual([100_000]);
});
