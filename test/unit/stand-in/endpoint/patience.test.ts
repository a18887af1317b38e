import { afterEach, expect, it } from 'vitest';
import { Patience } from '../../../../src/stand-in/endpoint/patience.ts';
import type { Session } from '../../../../src/stand-in/endpoint/session.ts';

const ended: Session[] = [];
const absent = { states: { sweep: () => {} }, wills: { look: () => {} } };
const patience = new Patience(
  { nowUs: () => 0 },
  (session) => ended.push(session),
  absent as unknown as ConstructorParameters<typeof Patience>[2],
);

afterEach(() => patience.close());

it('lets who came for a secret stay until it is to leave, and no longer', () => {
  const [left, stayed] = [{}, {}] as Session[];
  patience.letPass(left!, 15e6);
  patience.letPass(stayed!, 15e6);
  patience.ended(left!);
  patience.lookAtNewcomers(15e6 - 1);
  expect(ended).toEqual([]);
  patience.lookAtNewcomers(15e6);
  expect(ended).toEqual([stayed]);
});
