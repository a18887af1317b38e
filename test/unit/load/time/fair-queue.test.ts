import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns, TurnTaker } from '../../../../src/load/time/fair-queue.ts';
import { ManualClock } from '../manual-clock.ts';

/** Writes its name down at each turn, of which it takes so many; each takes `us`. */
function party(us = 0) {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const story: string[] = [];
  const taker = (name: string, times: number): TurnTaker =>
    new (class extends TurnTaker {
      takeTurn(): boolean {
        story.push(name);
        clock.advance(us);
        times--;
        return times > 0;
      }
    })();
  return { turns, story, taker };
}

it('lets each have one turn, then the next, until it wants no more', async () => {
  const { turns, story, taker } = party();
  turns.join(taker('a', 3));
  turns.join(taker('b', 1));
  turns.join(taker('c', 2));
  expect(story).toEqual([]);
  for (let round = 0; round < 5; round++) await turnOfLoop();
  expect(story.join('')).toBe('abcaca');
});

it('queues nobody twice, and takes up again who had enough', async () => {
  const { turns, story, taker } = party();
  const a = taker('a', 1);
  turns.join(a);
  turns.join(a);
  await turnOfLoop();
  expect(story).toEqual(['a']);
  turns.join(a);
  await turnOfLoop();
  await turnOfLoop();
  expect(story).toEqual(['a', 'a']);
});

it('leaves the event loop to others after two milliseconds, and goes on where it was', async () => {
  const { turns, story, taker } = party(800);
  for (const name of ['a', 'b', 'c', 'd', 'e']) turns.join(taker(name, 1));
  await turnOfLoop();
  expect(story).toEqual(['a', 'b', 'c']);
  await turnOfLoop();
  expect(story).toEqual(['a', 'b', 'c', 'd', 'e']);
});
