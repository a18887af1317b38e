import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageData } from '../../../src/report/page/chart.ts';
import { cli, temporaryFolder } from '../../support/cli.ts';
import { madeRun, writeRun } from '../../support/made-runs.ts';
import { CHROMIUM, NOT_INSTALLED, openPage, startChromium } from './chromium.ts';
import { linePixels, overflow } from './probes.ts';

describe.skipIf(CHROMIUM === undefined)(`compare --html in a browser (${NOT_INSTALLED} otherwise)`, () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const base = writeRun(join(folder, 'base'), madeRun({ seed: 1 }));
    const head = writeRun(join(folder, 'head'), madeRun({ seed: 3, connackUs: 20_000 }));
    const file = join(folder, 'pages', 'comparison.html');
    const { code, stderr } = await cli(['compare', base, head, '--html', file]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    url = pathToFileURL(file).href;
    browser = await startChromium();
  });

  afterAll(() => browser?.close());

  it.each([
    { width: 1280, scheme: 'light' },
    { width: 390, scheme: 'dark' },
  ] as const)(
    'at $width px, $scheme: asks for nothing, says nothing, draws every chart, is no wider than the window',
    async (view) => {
      const { page, requests, noises } = await openPage(browser, url, view);
      expect(await page.locator('.verdicts').textContent()).toContain('worse');
      expect(await overflow(page)).toBe(0);
      const pixels = await linePixels(page);
      const data = JSON.parse((await page.locator('#data').textContent())!) as PageData;
      expect(Object.keys(pixels).sort()).toEqual(data.charts.map(({ id }) => id).sort());
      expect(Object.keys(pixels).length).toBeGreaterThanOrEqual(9);
      for (const [id, count] of Object.entries(pixels)) expect([id, count > 30]).toEqual([id, true]);
      expect(requests).toEqual([url]);
      expect(noises).toEqual([]);
      await page.close();
    },
  );
});
