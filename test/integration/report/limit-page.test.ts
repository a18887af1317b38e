/** The page of a limit search as a reader sees it: nothing touches, nothing is cut off, no word is broken. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitPage } from '../../../src/limit/limit-page.ts';
import { limitReportOf } from '../../unit/limit/limit-reports.ts';
import { trialOf } from '../../unit/limit/trials.ts';
import {
  CHROMIUM,
  chromiumMustBeInstalledInCi,
  NOT_INSTALLED,
  openPage,
  type PageOptions,
  startChromium,
} from './chromium.ts';
import { brokenWords, overflow } from './probes.ts';

chromiumMustBeInstalledInCi();

const REASON =
  '20 of 60 connections did not get through: 20 × connack: rejected CONNACK 3; connects_ok share > 0.999: was 0.310345';
const VIEWS: PageOptions[] = [
  { width: 1280, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

describe.skipIf(CHROMIUM === undefined)(`the page of a limit search (${CHROMIUM ?? NOT_INSTALLED})`, () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    browser = await startChromium();
    const file = join(mkdtempSync(join(tmpdir(), 'mqtt-fleet-test-')), 'report.html');
    const trials = [
      trialOf({ value: 60, rampPerSec: 500, verdict: 'failed', success: 0.667, reasons: [REASON] }),
      trialOf({ value: 40, rampPerSec: 125, verdict: 'held' }),
    ];
    const thresholds = ['connects_ok share > 0.999', 'disconnects count == 0'];
    const report = limitReportOf({ trials });
    writeFileSync(file, limitPage({ ...report, goal: { ...report.goal, thresholds } }, 'name: x'));
    url = pathToFileURL(file).href;
  });
  afterAll(() => browser?.close());

  it.each(VIEWS)('at $width px, $scheme', async (view) => {
    const { page } = await openPage(browser, url, view);
    try {
      expect(await overflow(page)).toBe(0);
      expect(await brokenWords(page)).toEqual([]);
      const edge = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
      const [tiles, answer, reason] = [
        await edge('.verdicts'),
        await edge('.answer'),
        await edge('.reason:has-text("20 of 60")'),
      ];
      expect(answer.y - tiles.y - tiles.height).toBeGreaterThanOrEqual(8);
      // On a phone the table scrolls; its sentence is no single line there either.
      if (view.width === 1280) expect(reason.x + reason.width).toBeLessThanOrEqual(view.width);
      expect(reason.width).toBeLessThan(600);
    } finally {
      await page.close();
    }
  });
});
