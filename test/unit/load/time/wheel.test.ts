import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Wheel, WheelTimer } from '../../../../src/load/time/wheel.ts';
import { ManualClock } from '../manual-clock.ts';

let clock: ManualClock;
let wheel: Wheel;
let fired: string[];

beforeEach(() => {
  clock = new ManualClock(5_000_000);
  wheel = new Wheel(clock);
  fired = [];
});

function timer(name: string, then: (nowUs: number) => void = () => {}): WheelTimer {
  return new (class extends WheelTimer {
    fire(nowUs: number): void {
      fired.push(name);
      then(nowUs);
    }
  })();
}

function turnAfter(us: number): string[] {
  clock.advance(us);
  fired = [];
  wheel.turn();
  return fired;
}

it('fires not a microsecond early, and once', () => {
  wheel.arm(timer('a'), 5_001_700);
  expect(turnAfter(1_699)).toEqual([]);
  expect(turnAfter(1)).toEqual(['a']);
  expect(turnAfter(1)).toEqual([]);
  expect(turnAfter(8_192_000)).toEqual([]);
});

it('fires in the order of due times within a millisecond and across them', () => {
  for (const us of [900, 300, 5_000, 600, 1_200]) wheel.arm(timer(String(us)), 5_000_000 + us);
  expect(turnAfter(10_000)).toEqual(['300', '600', '900', '1200', '5000']);
});

it('keeps a timer beyond its horizon for as many turns as it takes', () => {
  wheel.arm(timer('far'), 5_000_000 + 30_000_000);
  for (let s = 1; s < 30; s++) expect(turnAfter(1_000_000)).toEqual([]);
  expect(turnAfter(999_999)).toEqual([]);
  expect(turnAfter(1)).toEqual(['far']);
});

it('after a hold-up of 20 s fires all that is due, in order, and nothing else', () => {
  for (const s of [19, 1, 9.5, 20.5, 12, 3]) wheel.arm(timer(`${s} s`), 5_000_000 + s * 1e6);
  expect(turnAfter(20_000_000)).toEqual(['1 s', '3 s', '9.5 s', '12 s', '19 s']);
  expect(turnAfter(500_000)).toEqual(['20.5 s']);
});

it('moves a timer that is armed again', () => {
  const moved = timer('moved');
  wheel.arm(moved, 5_010_000);
  wheel.arm(moved, 5_020_000);
  expect(turnAfter(10_000)).toEqual([]);
  expect(turnAfter(10_000)).toEqual(['moved']);
});

it('disarms, wherever in its slot the timer stands', () => {
  const [a, b, c] = [timer('a'), timer('b'), timer('c')];
  for (const one of [a, b, c]) wheel.arm(one, 5_010_000);
  wheel.disarm(b);
  wheel.disarm(b);
  wheel.disarm(c);
  expect(turnAfter(20_000)).toEqual(['a']);
});

describe('from within fire', () => {
  it('a timer may arm itself', () => {
    let rounds = 0;
    const again = timer('again', (nowUs) => {
      if (++rounds < 3) wheel.arm(again, nowUs + 1_000);
    });
    wheel.arm(again, 5_001_000);
    for (let turn = 0; turn < 3; turn++) expect(turnAfter(1_000)).toEqual(['again']);
    expect(turnAfter(10_000)).toEqual([]);
  });

  it('a timer may disarm or move one that is due in the same turn', () => {
    const [gone, moved] = [timer('gone'), timer('moved')];
    wheel.arm(
      timer('first', (nowUs) => {
        wheel.disarm(gone);
        wheel.arm(moved, nowUs + 50_000);
      }),
      5_001_000,
    );
    wheel.arm(gone, 5_001_500);
    wheel.arm(moved, 5_003_000);
    expect(turnAfter(5_000)).toEqual(['first']);
    expect(turnAfter(50_000)).toEqual(['moved']);
  });

  it('a time that has passed by then is not left for the next round of the wheel', () => {
    const late = timer('late');
    wheel.arm(
      timer('first', () => wheel.arm(late, 5_002_000)),
      5_100_000,
    );
    const soon = [...turnAfter(200_000), ...turnAfter(1_000)];
    expect(soon).toEqual(['first', 'late']);
  });

  it('a timer that always arms itself for now does not hold the turn for ever', () => {
    const eager = timer('eager', (nowUs) => wheel.arm(eager, nowUs));
    wheel.arm(eager, 5_001_000);
    const shots = turnAfter(2_000).length;
    expect(shots).toBeGreaterThan(0);
    expect(shots).toBeLessThan(3);
    expect(turnAfter(1_000).length).toBeGreaterThan(0);
  });
});

it('once started turns by itself, and no more once stopped', () => {
  vi.useFakeTimers();
  try {
    const ticking = new Wheel({ nowUs: () => Math.floor(performance.now() * 1000) });
    const nowUs = Math.floor(performance.now() * 1000);
    ticking.start();
    ticking.arm(timer('far'), nowUs + 300_000);
    ticking.arm(timer('near'), nowUs + 20_000);
    vi.advanceTimersByTime(19);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(fired).toEqual(['near']);
    vi.advanceTimersByTime(280);
    expect(fired).toEqual(['near', 'far']);
    ticking.arm(timer('never'), nowUs + 400_000);
    ticking.stop();
    vi.advanceTimersByTime(10_000);
    expect(fired).toEqual(['near', 'far']);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
