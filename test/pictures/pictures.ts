/** The README's pictures, made anew from a real run: its live view and its report. `npm run pictures`, with Chromium and tmux. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../integration/report/chromium.ts';
import { ROOT, temporaryFolder } from '../support/cli.ts';
import { Terminal } from '../support/terminal.ts';
import { htmlOfScreen } from './ansi.ts';

/** A fleet that loses its connections once, so that there is something to see. */
const SCENARIO = `
name: storm
target: embedded
client: wire
devices: { generate: { productKey: a1B2c3D4e5F, count: 400 } }
connect: { stages: [{ duration: 5s, from: 20/s, rate: 140/s }] }
reconnect: { policy: exponential, delay: 2s, maxDelay: 8s, perMinute: 60 }
subscribe: [{ topic: "/\${productKey}/\${deviceName}/user/get" }]
publish:
  - topic: "/sys/\${productKey}/\${deviceName}/thing/event/property/post"
    qos: 1
    every: 1s
    jitter: exponential
    payload: { template: '{"id":"\${seq}","params":{"t":\${random}}}' }
    reply: "/sys/\${productKey}/\${deviceName}/thing/event/property/post_reply"
hold: 20s
thresholds:
  connect_latency: ["p(99) < 500ms"]
  publish_ack: ["p(99) < 500ms"]
  connects_failed: ["share < 1%"]
broker: { delay: { connack: 20ms, puback: { exponential: 8ms } }, disconnect: [{ at: 13s, share: 30% }] }
`;
const COLUMNS = 92;

let browser: Browser;
let terminal: Terminal;

beforeAll(async () => {
  browser = await startChromium();
  terminal = await Terminal.open(COLUMNS, 24);
});

afterAll(async () => {
  await terminal?.close();
  await browser?.close();
});

it('takes the live view and the report of one run', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'storm.yaml'), SCENARIO);
  const out = join(folder, 'out');
  await terminal.cli(['run', join(folder, 'storm.yaml'), '--out', out], { FORCE_COLOR: '1' });
  await terminal.until((screen) => /Holding .*1[4-7]s of/.test(screen));
  const lines = (await terminal.screen({ colours: true })).split('\n');
  const block = lines.slice(lines.findIndex((line) => line.includes('Holding')));
  await take(`<pre>${htmlOfScreen(block.join('\n'))}</pre>`, 'live-view.png');
  await terminal.until((text) => text.includes('Report '));
  const page = await browser.newPage({
    viewport: { width: 1040, height: 2_060 },
    deviceScaleFactor: 0.75,
    colorScheme: 'light',
  });
  await page.goto(`file://${join(out, 'report.html')}`);
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: join(ROOT, 'reports', 'report.png') });
  expect(await page.title()).toContain('storm');
});

async function take(html: string, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 760, height: 280 } });
  await page.setContent(
    `<style>body { margin: 0; background: #22272e } pre { margin: 0; padding: 16px; color: #cdd9e5; font: 14px/1.35 "DejaVu Sans Mono", monospace; width: max-content }</style>${html}`,
  );
  await page.locator('pre').screenshot({ path: join(ROOT, 'reports', file) });
}
