import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readSummary, temporaryFolder } from '../../support/cli.ts';
import { NO_TMUX, PROMPT, Terminal, TMUX, tmuxMustBeInstalledInCi } from '../../support/terminal.ts';

/** Fails, drops, publishes and is answered: every row of the block has something to say. */
const SCENARIO = `
target: embedded
devices: { generate: { productKey: pk, count: 300 } }
connect: { stages: [ { duration: 2s, rate: 150/s } ], maxInFlight: 20 }
publish:
  - { topic: "/\${productKey}/\${deviceName}/user/update", qos: 1, every: 500ms, payload: { size: 128B } }
subscribe: [ { topic: "/\${productKey}/\${deviceName}/user/update" } ]
broker: { delay: { connack: 200ms } }
hold: 20s
gracefulStop: 2s
`;

const terminals: Terminal[] = [];

afterAll(() => Promise.all(terminals.map((terminal) => terminal.close())));

/** The run, and where its report will be. */
async function start(
  columns: number,
  rows = 24,
  { flags = [], variables = {} }: { flags?: string[]; variables?: Record<string, string> } = {},
): Promise<{ terminal: Terminal; out: string }> {
  const folder = temporaryFolder();
  const scenario = join(folder, 'busy.yaml');
  const out = join(folder, 'out');
  writeFileSync(scenario, SCENARIO);
  const terminal = await Terminal.open(columns, rows);
  terminals.push(terminal);
  // The block begins below what is there already.
  await terminal.type('seq 30');
  await terminal.untilPrompt();
  await terminal.cli(['run', scenario, '--allow-invalid', '--out', out, ...flags], variables);
  return { terminal, out };
}

/** Holding, with all of its rows. */
function whole(screen: string): boolean {
  return /Holding {6}/.test(screen) && /message +\d/.test(screen) && /Generator {4}\w/.test(screen);
}

function blockOf(screen: string): string[] {
  const lines = screen.split('\n');
  return lines.slice(lines.findIndex((line) => /^(Connecting|Holding|Draining) /.test(line)));
}

const LABELS = [
  'Holding',
  'Connections',
  'Messages/s',
  'Latency (ms)',
  '  connect',
  '  publish ack',
  '  message',
  'Failures',
  'Generator',
];

/** One row for each label: nothing has wrapped, and nothing is left of an earlier drawing. */
function expectWholeBlock(screen: string): void {
  const block = blockOf(screen);
  expect(block.map((line, row) => line.startsWith(LABELS[row] ?? '?') || line)).toEqual(
    LABELS.map(() => true),
  );
  expect(screen.split('\n').filter((line) => line.startsWith('Generator'))).toHaveLength(1);
}

describe('on a terminal', () => {
  tmuxMustBeInstalledInCi();

  it.skipIf(TMUX === undefined).each([80, 140])(
    `at %d columns: a block redrawn in place, cleared at the end; ${NO_TMUX} otherwise`,
    async (columns) => {
      // Room for all that is said at the end.
      const { terminal, out } = await start(columns, 80);
      const screen = await terminal.until(whole);
      expectWholeBlock(screen);
      const [course, connections, messages, , connect] = blockOf(screen);
      expect(course).toMatch(/━+─+ {2}\d+s of 2\ds {2}\d+s left$/);
      expect(connections).toMatch(/\d+ of 300 open {2}[\d,]+ connects\/s +[▁▂▃▄▅▆▇█]+$/);
      expect(messages).toMatch(/\d+ sent {2}\d+ acked {2}\d+ received +[▁▂▃▄▅▆▇█]+$/);
      expect(connect).toMatch(/ [2-9]\d\d +[2-9]\d\d +[2-9]\d\d +[▁▂▃▄▅▆▇█]+$/);
      expect(screen).toMatch(/\d+ × dropped: no free slot/);
      expect(blockOf(screen).filter((line) => line.length >= columns)).toEqual([]);
      expect(await terminal.isCursorVisible()).toBe(false);

      // One that comes within 200 ms is the same key, handed on by npm.
      await sleep(300);
      await terminal.key('C-c');
      const end = await terminal.untilPrompt();
      expect(await terminal.isCursorVisible()).toBe(true);
      expect(end).toMatch(/\nstopping: SIGINT\nbusy {2}300 devices → [^\n]*\n/);
      expect(end).not.toMatch(/[▁▂▃▄▅▆▇█━─]|Draining|keeping up/);
      expect(end).toContain('Report      ');
      expect(readSummary(out).outcome).toEqual({ state: 'aborted', reason: 'SIGINT' });
    },
  );

  it.skipIf(TMUX === undefined).concurrent('is drawn anew when the terminal is resized', async () => {
    const { terminal } = await start(140);
    await terminal.until(whole);
    for (const columns of [80, 40, 120]) {
      await terminal.resize(columns, 24);
      expectWholeBlock(
        await terminal.until((screen) => {
          const [course = ''] = blockOf(screen);
          return course.endsWith(' left') && course.length < columns && course.length > columns / 2;
        }),
      );
    }
  });

  it.skipIf(TMUX === undefined).concurrent(
    'puts what stays above the block, and after a second Ctrl-C leaves the last figures above the prompt',
    async () => {
      // Acknowledgements that never come: the drain lasts until the second signal.
      const flags = ['--set', 'broker.delay.puback=10m', '--set', 'gracefulStop=10m'];
      const { terminal } = await start(80, 40, { flags });
      await terminal.until(whole);
      await terminal.key('C-c');
      const draining = await terminal.until((screen) => screen.includes('Draining'));
      expect(draining).toMatch(/^stopping: SIGINT\nDraining .* at most$/m);
      // One that comes within 200 ms is the same key, handed on by npm.
      await sleep(300);
      await terminal.key('C-c');
      const end = await terminal.untilPrompt();
      expect(await terminal.isCursorVisible()).toBe(true);
      expect(end).toMatch(/\nGenerator .*\nstopped at once: no report was written\nprompt>$/);
    },
  );

  it.skipIf(TMUX === undefined).concurrent(
    'leaves a report, a prompt and a cursor after SIGTERM',
    async () => {
      const { terminal, out } = await start(80);
      await terminal.until(whole);
      process.kill(terminal.pid, 'SIGTERM');
      const end = await terminal.untilPrompt();
      expect(await terminal.isCursorVisible()).toBe(true);
      expect(end).not.toMatch(/Draining|keeping up/);
      expect(readSummary(out).outcome).toEqual({ state: 'aborted', reason: 'SIGTERM' });
    },
  );

  it.skipIf(TMUX === undefined).concurrent(
    'leaves a prompt and a cursor after a crash of the harness',
    async () => {
      const folder = temporaryFolder();
      const preload = join(folder, 'crash.cjs');
      const signal = join(folder, 'now');
      writeFileSync(
        preload,
        `const { isMainThread } = require('node:worker_threads');
const { existsSync } = require('node:fs');
const crash = () => { if (existsSync('${signal}')) throw new Error('crash of a test'); };
if (isMainThread && process.argv[1]?.endsWith('main.js')) setInterval(crash, 50);
`,
      );
      const { terminal } = await start(80, 50, { variables: { NODE_OPTIONS: `--require ${preload}` } });
      await terminal.until(whole);
      writeFileSync(signal, '');
      const end = await terminal.untilPrompt();
      expect(await terminal.isCursorVisible()).toBe(true);
      expect(end).toMatch(/\nGenerator .*\n(.*\n)*Error: crash of a test\n/);
    },
  );

  it.skipIf(TMUX === undefined).concurrent('says nothing with --quiet', async () => {
    const { terminal, out } = await start(80, 24, {
      flags: ['--quiet', '--set', 'hold=1s', '--set', 'gracefulStop=0s'],
    });
    const seen = new Set<string>();
    const end = await terminal.until((screen) => {
      seen.add(screen);
      return screen.endsWith(`\n${PROMPT}`) && screen.includes('Report ');
    });
    expect(end).toContain(out);
    expect([...seen].filter((screen) => /Starting|Connecting|Holding/.test(screen))).toEqual([]);
  });
});
