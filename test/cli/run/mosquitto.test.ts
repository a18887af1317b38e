import { describe, expect, it } from 'vitest';
import {
  MOSQUITTO,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../../integration/mosquitto.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

describe('the same scenario against a real mosquitto', () => {
  mosquittoMustBeInstalledInCi();

  it.skipIf(MOSQUITTO === undefined)(`connects and publishes; ${NOT_INSTALLED} otherwise`, async () => {
    const mosquitto = await startMosquitto();
    try {
      const out = temporaryFolder();
      const { code, stdout } = await cli([
        ...[
          'run',
          'scenarios/quickstart.yaml',
          '--allow-invalid',
          '--out',
          out,
          '--set',
          'hold=2s',
          '--set',
          'gracefulStop=1s',
        ],
        ...['--set', `target=mqtt://${mosquitto.host}:${mosquitto.port}`],
        // Nobody answers property posts here.
        ...['--set', 'thresholds={ connects_ok: [share == 1], messages_acked: [share == 1] }'],
      ]);
      expect(stdout).toContain('200 ok');
      expect(code).toBe(0);
      const { counters, imbalances, standIn } = readSummary(out);
      expect(counters.messages_acked).toBeGreaterThan(200);
      expect(imbalances).toEqual([]);
      expect(standIn).toBeNull();
    } finally {
      await mosquitto.close();
    }
  });
});
