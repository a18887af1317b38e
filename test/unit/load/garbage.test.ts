import { expect, it } from 'vitest';
import { collectGarbage } from '../../../src/load/garbage.ts';

it('what nobody holds on to is gone, what somebody does is not', async () => {
  const held = { name: 'held' };
  const refs = [new WeakRef(held), ...Array.from({ length: 100 }, () => new WeakRef({ name: 'left' }))];
  // A WeakRef holds its object to the end of the turn in which it was made.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(1);
  expect(refs[0]!.deref()).toBe(held);
});
