/** Prints the matrix as it was played: row, client, seconds, verdict; and of what is red, why. */
import Table from 'cli-table3';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const VERDICT = { passed: 'ok', failed: 'RED', skipped: 'skipped', pending: 'not played' };
const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((corner) => [`${side}${corner}`, '']),
  ),
);

export class MatrixReporter implements Reporter {
  private readonly startedMs = performance.now();

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state === 'skipped') return;
    process.stderr.write(`${VERDICT[state].padEnd(8)}${test.name}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message?: string }[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const played = tests.filter((test) => /\[\w+\]/.test(test.name) && test.result().state !== 'skipped');
    const table = new Table({
      head: ['row', 'client', 'seconds', 'verdict'],
      colAligns: ['left', 'left', 'right', 'left'],
      chars: { ...BORDERLESS, middle: '  ' },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    for (const test of played) table.push(lineOf(test));
    const red = tests.filter((test) => test.result().state === 'failed');
    for (const test of red) {
      const errors = test.result().errors ?? [];
      console.log(`\nRED ${test.name}\n${errors.map(({ message }) => message).join('\n')}`);
    }
    for (const module of modules) for (const { message } of module.errors()) console.log(message);
    for (const { message } of unhandled) console.log(message);
    const skipped = tests.filter((test) => test.name.includes('skipped, it needs'));
    for (const { name } of skipped) console.log(name);
    const sec = ((performance.now() - this.startedMs) / 1e3).toFixed(0);
    console.log(
      `\n${table.toString()}\n\n${played.length} rows in ${sec} s: ${red.length} red, ${skipped.length} skipped`,
    );
  }
}

function lineOf(test: TestCase): string[] {
  const [, row = test.name, client = ''] = /^(.*) \[(\w+)\]/.exec(test.name) ?? [];
  const sec = (test.diagnostic()?.duration ?? 0) / 1e3;
  return [row, client, sec.toFixed(1), VERDICT[test.result().state]];
}
