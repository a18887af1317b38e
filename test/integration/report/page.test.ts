import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistogramStats } from '../../../src/metrics/histogram/histogram.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { runFiles } from '../../../src/report/run/run-files.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';
import { finishedRun } from '../../unit/report/finished-run.ts';
import {
  CHROMIUM,
  chromiumMustBeInstalledInCi,
  NOT_INSTALLED,
  type OpenPage,
  openPage,
  type PageOptions,
  startChromium,
} from './chromium.ts';
import { backgroundOf, linePixels, overflow, pairsOf, rowsOf } from './probes.ts';

chromiumMustBeInstalledInCi();

const VIEWS: PageOptions[] = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

let browser: Browser;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await startChromium();
});

afterAll(() => browser?.close());

/** Opens a page, and closes it whatever is found. */
async function inPage(
  file: string,
  view: PageOptions,
  look: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const open = await openPage(browser, pathToFileURL(file).href, view);
  try {
    await look(open);
  } finally {
    await open.page.close();
  }
}

describe.skipIf(CHROMIUM === undefined)(`report.html in a browser (${CHROMIUM ?? NOT_INSTALLED})`, () => {
  let file: string;
  let summary: Summary;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const scenario = join(folder, 'scenario.yaml');
    writeFileSync(
      scenario,
      readFileSync('scenarios/quickstart.yaml', 'utf8').replace('hold: 15s', 'hold: 3s'),
    );
    const out = join(folder, 'out');
    const sets = [
      'broker.delay={ connack: 10ms, puback: { exponential: 5ms } }',
      'thresholds.connect_tls=max < 1s',
    ];
    const flags = [
      '--allow-invalid',
      '--quiet',
      '-w',
      '2',
      '--out',
      out,
      ...sets.flatMap((set) => ['--set', set]),
    ];
    const { code } = await cli(['run', scenario, ...flags]);
    expect(code).toBe(99);
    file = join(out, 'report.html');
    summary = readSummary(out);
  });

  it.each(VIEWS)(
    'at $width px, $scheme: asks for nothing, says nothing, draws every chart, is no wider than the window',
    async (view) => {
      await inPage(file, view, async ({ page, requests, noises }) => {
        expect(await overflow(page)).toBe(0);
        const pixels = await linePixels(page);
        const charts = JSON.parse((await page.locator('#data').textContent())!).charts as { id: string }[];
        expect(Object.keys(pixels).sort()).toEqual(charts.map(({ id }) => id).sort());
        expect(Object.keys(pixels).length).toBeGreaterThanOrEqual(11);
        for (const [id, count] of Object.entries(pixels)) expect([id, count > 30]).toEqual([id, true]);
        expect(requests).toEqual([pathToFileURL(file).href]);
        expect(noises).toEqual([]);
      });
    },
  );

  it('has the colours that the reader has chosen, and those of paper on paper', async () => {
    for (const [scheme, background] of [
      ['light', 'rgb(255, 255, 255)'],
      ['dark', 'rgb(20, 23, 27)'],
    ] as const) {
      await inPage(file, { width: 1280, scheme }, async ({ page }) => {
        expect(await backgroundOf(page)).toBe(background);
        await page.emulateMedia({ media: 'print' });
        expect(await backgroundOf(page)).toBe('rgb(255, 255, 255)');
      });
    }
  });

  it('shows the figures of summary.json, every one of them exact', async () => {
    await inPage(file, VIEWS[0]!, async ({ page }) => {
      expect(await pairsOf(page, 'Counters')).toEqual(summary.counters);
      const { min, p50, p75, p90, p95, p99, p999, max, mean, stddev, count }: HistogramStats =
        summary.trends.connect_latency!;
      const latencies = await rowsOf(page, 'Latency');
      expect(latencies.connect_latency).toEqual([
        count,
        min,
        p50,
        p75,
        p90,
        p95,
        p99,
        p999,
        max,
        mean,
        stddev,
      ]);
      const shown = { ...latencies, ...(await rowsOf(page, 'Throughput')) };
      const expected = Object.entries(summary.trends).flatMap(([name, stats]) =>
        stats === null ? [] : [[name, [stats.count, stats.min, stats.max, stats.mean]]],
      );
      expect(Object.entries(shown).map(([name, row]) => [name, [row[0], row[1], row[8], row[9]]])).toEqual(
        expected,
      );
      const workers = await rowsOf(page, 'Generator');
      expect(Object.values(workers).map((row) => row.at(-1))).toEqual(
        summary.health.workers.map(({ loopDelayMaxMs }) => loopDelayMaxMs),
      );
      const phases = await rowsOf(page, 'A connect, phase by phase');
      const sum = Object.values(phases).reduce((total, [mean = 0]) => total + mean, 0);
      expect(sum).toBeCloseTo(summary.trends.connect_service!.mean, 2);
    });
  });

  it('says each threshold with its verdict and what was measured', async () => {
    await inPage(file, VIEWS[2]!, async ({ page }) => {
      const rows = page.locator('table.thresholds tbody tr');
      const texts = await rows.allTextContents();
      expect(texts).toHaveLength(summary.thresholds.length);
      for (const [index, { metric, expression, verdict, actual }] of summary.thresholds.entries()) {
        expect(texts[index]).toContain(`${verdict.replace('-', ' ')}${metric}${expression}`);
        const data = rows.nth(index).locator('data');
        expect(actual === null ? await data.count() : Number(await data.getAttribute('value'))).toBe(
          actual ?? 0,
        );
      }
      expect(summary.thresholds.map(({ verdict }) => verdict)).toContain('no-data');
    });
  });

  it('shows under the cursor the values of that second in every chart over time', async () => {
    await inPage(file, VIEWS[0]!, async ({ page }) => {
      const over = page.locator('#messages .u-over');
      await over.scrollIntoViewIfNeeded();
      const box = (await over.boundingBox())!;
      const window = summary.windows[3]!;
      const last = summary.windows.at(-1)!.toMs;
      await page.mouse.move(box.x + (box.width * window.toMs) / last, box.y + box.height / 2);
      const output = (chart: string, line: string) =>
        page.locator(`#${chart} button`, { hasText: line }).locator('output');
      await expect.poll(() => output('open', 'open').textContent()).toBe(String(window.open));
      const sent = (window.counters.messages_sent ?? 0) / ((window.toMs - window.fromMs) / 1e3);
      expect(Number(await output('messages', 'sent').textContent())).toBeCloseTo(sent, 0);
      const busy = window.workers[1]!.utilization * 100;
      expect(Number.parseFloat((await output('health-utilization', 'worker 1').textContent())!)).toBeCloseTo(
        busy,
        0,
      );
    });
  });

  it('hides a line when its name is clicked, and shows it again', async () => {
    await inPage(file, VIEWS[0]!, async ({ page }) => {
      const button = page.locator('#open button');
      await button.click();
      expect(await button.getAttribute('aria-pressed')).toBe('false');
      await expect.poll(async () => (await linePixels(page)).open).toBe(0);
      await button.click();
      await expect.poll(async () => (await linePixels(page)).open).toBeGreaterThan(30);
    });
  });
});

describe.skipIf(CHROMIUM === undefined)(`a hostile name in a browser (${CHROMIUM ?? NOT_INSTALLED})`, () => {
  const HOSTILE = '</script><img src=x onerror=alert(1)><script>document.title="owned"</script>';

  it('is text in every place, and nothing of it runs', async () => {
    const { summary, intervals } = finishedRun();
    const hostile: Summary = {
      ...summary,
      scenario: { ...summary.scenario, name: HOSTILE, target: HOSTILE },
      outcome: { state: 'aborted', reason: HOSTILE },
      failures: [
        { phase: 'tcp', kind: 'other', code: HOSTILE, count: 1, hint: HOSTILE, examples: [HOSTILE] },
      ],
      health: { ...summary.health, reasons: [HOSTILE] },
      environment: { cpu: HOSTILE },
    };
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-hostile-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, runFiles({ summary: hostile, intervals, asRun: HOSTILE })['report.html']!);
    await inPage(file, VIEWS[3]!, async ({ page, requests, noises }) => {
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.title()).toBe(`${HOSTILE} – aborted – mqtt-fleet`);
      expect(await page.locator('h1').textContent()).toBe(HOSTILE);
      expect(await page.locator('pre').textContent()).toBe(HOSTILE);
      expect(await page.locator('.failures small').textContent()).toBe(`e.g. ${HOSTILE}`);
      expect(await overflow(page)).toBe(0);
      // One of the lines is a single point.
      expect(Object.values(await linePixels(page)).every((count) => count >= 8)).toBe(true);
      expect(requests).toEqual([pathToFileURL(file).href]);
      expect(noises).toEqual([]);
    });
  });

  it('would run nothing even where it was not text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-hostile-'));
    const file = join(folder, 'report.html');
    const page = runFiles(finishedRun())['report.html']!;
    writeFileSync(
      file,
      page.replace(
        '<main>',
        () => `<main><script>document.title="owned"</script><img src=x onerror='document.title="owned"'>`,
      ),
    );
    await inPage(file, VIEWS[0]!, async ({ page, noises }) => {
      expect(await page.title()).toBe('made – completed – mqtt-fleet');
      expect(
        noises.filter((noise) => noise.includes('Content Security Policy')).length,
      ).toBeGreaterThanOrEqual(2);
    });
  });
});
