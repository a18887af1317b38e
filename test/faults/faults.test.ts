/**
 * The fault matrix. A row provokes a fault, proves from the other side that it happened, and then holds the product to what it promises
 * whatever happens: books that balance, the outcome, the exit code, a failure with its phase, kind and hint, reports that are whole, an
 * end in time, and no secret anywhere. `npm run faults` plays the whole table with both clients (under ten minutes), `npm cit` the rows
 * marked `inCit`; `npm run faults -- -t 'CONNACK 4'` plays those of that name. What a row may say is in row.ts, what is held after each
 * of them in hold.ts.
 */
import { expect, it } from 'vitest';
import { HOW_TO_GET, missing } from './needs.ts';
import { play } from './play.ts';
import type { Row } from './row.ts';
import { TABLE } from './table.ts';

const WHOLE = process.env.FAULTS === 'all';
const MUST_ALL_BE_THERE = process.env.CI === 'true';

const rows = TABLE.filter(({ inCit }) => WHOLE || inCit);

it('names each row once', () => {
  const names = TABLE.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

// In this order: the runner plays neighbours that may be together side by side.
for (const row of rows.filter(({ alone }) => !alone)) plan(row, it.concurrent);
for (const row of rows.filter(({ alone }) => alone)) plan(row, it);

function plan(row: Row, test: typeof it.concurrent | typeof it): void {
  const lacking = missing(row.needs ?? []).map((need) => HOW_TO_GET[need]);
  for (const client of row.clients) {
    const title = `${row.name} [${client}]`;
    // A minute above the row's own time, which tells more when it is over.
    const options = { timeout: row.endsInSec * 1e3 + 60_000 };
    if (lacking.length === 0) test(title, options, () => play(row, client));
    else if (!MUST_ALL_BE_THERE) it.skip(`${title}: skipped, it needs ${lacking.join('; ')}`);
    else {
      it(title, () => {
        throw new Error(`it needs ${lacking.join('; ')}`);
      });
    }
  }
}
