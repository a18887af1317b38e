/** Few cases in every test run; `npm run fuzz` makes 100,000 (FUZZ_CASES, FUZZ_SEED). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it, vi } from 'vitest';
import { type Campaign, conduct } from './campaign.ts';
import { clientBytes } from './clients.ts';
import { deviceLists, journals, runFolders } from './files.ts';
import { overrides, scenarioFiles, thresholds } from './scenarios.ts';
import { StandInUnderFire } from './stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('reads or refuses with a place', () => {
  const texts: ((folder: string) => Campaign)[] = [
    scenarioFiles,
    overrides,
    thresholds,
    deviceLists,
    runFolders,
    journals,
  ];
  it.each(texts.map((make) => [make.name, make] as const))('%s', async (_, make) => {
    await conduct(make(folder));
  });
});

describe('has one outcome, and goes on', () => {
  it.each([4, 5] as const)('both clients, protocol version %i', async (version) => {
    // MQTT.js begins its packet ids at random: with this it begins at 1, as the other does.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const campaign = await clientBytes(version);
    try {
      await conduct(campaign);
    } finally {
      await campaign.close();
      vi.restoreAllMocks();
    }
  });

  it.each(['packets', 'webSocketFrames', 'tlsRecords'] as const)('the stand-in: %s', async (what) => {
    const target = await StandInUnderFire.start();
    try {
      await conduct(target[what]());
    } finally {
      await target.close();
    }
  });
});
