import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Wheel, WheelTimer } from '../../../src/load/time/wheel.ts';
import { cases } from '../../support/cases.ts';
import { ManualClock } from '../../unit/load/manual-clock.ts';

const TIMERS = 12;
const timer = fc.nat({ max: TIMERS - 1 });
/** Up to 30 s, nearly four times as long as the wheel. */
const delayUs = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.nat({ max: 100_000 }),
  fc.nat({ max: 30_000_000 }),
  fc.constantFrom(8_191_000, 8_192_000, 8_193_000, 16_384_000),
);
const stepUs = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.nat({ max: 100_000 }),
  fc.nat({ max: 20_000_000 }),
  fc.constantFrom(1, 999, 1000, 8_192_000),
);

const event = fc.oneof(
  fc.record({ do: fc.constant('arm' as const), timer, delayUs }),
  fc.record({ do: fc.constant('disarm' as const), timer }),
  fc.record({ do: fc.constant('turn' as const), stepUs }),
);
/** What a timer does when it fires: arms or disarms itself or others. Delays from within are never 0, lest a turn not end. */
const reaction = fc.option(
  fc.oneof(
    fc.record({ do: fc.constant('arm' as const), timer, delayUs: delayUs.map((us) => us + 1) }),
    fc.record({ do: fc.constant('disarm' as const), timer }),
  ),
  { nil: undefined },
);
const script = fc.record({
  startUs: fc.nat({ max: 20_000_000 }),
  reactions: fc.array(reaction, { minLength: TIMERS, maxLength: TIMERS }),
  events: fc.array(event, { minLength: 1, maxLength: 60 }),
});

it('fires what a plain list of due times would, in order, never early, leaving nothing behind', () => {
  fc.assert(
    fc.property(script, ({ startUs, reactions, events }) => {
      const clock = new ManualClock(startUs);
      const wheel = new Wheel(clock);
      /** The plain list. */
      const armed = new Map<number, number>();
      let firedUs: number[] = [];

      const arm = (index: number, dueUs: number): void => {
        armed.set(index, dueUs);
        wheel.arm(timers[index]!, dueUs);
      };
      const disarm = (index: number): void => {
        armed.delete(index);
        wheel.disarm(timers[index]!);
      };
      const timers = Array.from(
        { length: TIMERS },
        (_, index) =>
          new (class extends WheelTimer {
            fire(nowUs: number): void {
              expect(nowUs).toBe(clock.us);
              expect(armed.get(index)).toBe(this.dueUs);
              armed.delete(index);
              firedUs.push(this.dueUs);
              const reaction = reactions[index];
              if (reaction?.do === 'arm') arm(reaction.timer, nowUs + reaction.delayUs);
              if (reaction?.do === 'disarm') disarm(reaction.timer);
            }
          })(),
      );

      for (const event of events) {
        if (event.do === 'arm') arm(event.timer, clock.us + event.delayUs);
        else if (event.do === 'disarm') disarm(event.timer);
        else {
          clock.advance(event.stepUs);
          firedUs = [];
          wheel.turn();
          expect(firedUs).toEqual(firedUs.toSorted((a, b) => a - b));
          expect(Math.max(0, ...firedUs)).toBeLessThanOrEqual(clock.us);
          expect([...armed.values()].filter((dueUs) => dueUs <= clock.us)).toEqual([]);
        }
      }
    }),
    cases(3),
  );
});
