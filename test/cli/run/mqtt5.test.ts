/** MQTT 5 against the stand-in that comes along, through the command: what a user of `protocol: 5` gets. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startStandIn } from '../../../src/stand-in/stand-in.ts';
import { DEVICES } from '../../integration/stand-in/fleet.ts';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

describe.each(['mqtt', 'wire'])('protocol: 5 with client: %s', (client) => {
  it('signs in and measures, and the stand-in agrees', async () => {
    const out = temporaryFolder();
    const short = ['devices.generate.count=20', 'hold=1500ms', `client=${client}`];
    const { code, stdout } = await cli([
      ...['run', 'scenarios/mqtt5.yaml', '--allow-invalid', '--out', out],
      ...short.flatMap((set) => ['--set', set]),
    ]);
    expect(stdout).toContain('MQTT 5');
    expect(stdout).toContain('Stand-in    agrees');
    expect(code).toBe(0);
    expectBalanced(out);
    const { counters, standIn } = readSummary(out);
    expect(counters.messages_received).toBe(counters.messages_acked);
    expect(counters.messages_acked).toBeGreaterThan(0);
    expect(standIn?.differences).toEqual([]);
  });

  it('is told the reason of a wrong password', async () => {
    const out = temporaryFolder();
    const devices = join(out, 'devices.csv');
    writeFileSync(devices, 'productKey,deviceName,deviceSecret\npk,d1,not-its-secret\n');
    const standIn = await startStandIn({ devices: DEVICES });
    try {
      const { code } = await cli([
        ...['run', 'scenarios/mqtt5.yaml', '--allow-invalid', '--out', join(out, 'run')],
        ...['--set', `devices={ file: ${devices} }`, '--set', 'hold=100ms', '--set', `client=${client}`],
        ...['--set', `target=${standIn.urls.tcp}`],
      ]);
      expect(code).toBe(99);
      const { failures } = readSummary(join(out, 'run'));
      expect(failures).toMatchObject([{ phase: 'connack', kind: 'rejected', code: 'CONNACK 134', count: 1 }]);
      expect(standIn.counts()).toMatchObject({ connects_refused_4: 1, connects_ok: 0 });
    } finally {
      await standIn.close();
    }
  });

  it('is told the reason of a quota', async () => {
    const out = temporaryFolder();
    const devices = join(out, 'devices.csv');
    writeFileSync(devices, 'productKey,deviceName,deviceSecret\npk,d1,secret-of-d1\npk,d2,secret-of-d2\n');
    const { code } = await cli([
      ...['run', 'scenarios/mqtt5.yaml', '--allow-invalid', '--out', join(out, 'run')],
      ...['--set', `devices={ file: ${devices} }`, '--set', 'hold=500ms', '--set', `client=${client}`],
      // Beyond the platform's limit of one: what is over it is refused as MQTT 5 says it.
      ...['--set', 'broker={ quotas: { connections: 1 } }'],
    ]);
    expect(code).toBe(99);
    const { counters, failures } = readSummary(join(out, 'run'));
    expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 1 });
    expect(failures[0]).toMatchObject({ phase: 'connack', kind: 'rejected', code: 'CONNACK 137', count: 1 });
    expect(failures[0]!.hint).toContain('busy');
  });

  it('finds what the cloud sent while it was away', async () => {
    const out = temporaryFolder();
    const topic = '/${productKey}/${deviceName}/user/get';
    const scenario = {
      ...{ name: 'away', target: 'embedded', protocol: '5', client, clean: false, sessionExpiry: '1h' },
      devices: { generate: { productKey: 'pk', count: 5 } },
      connect: { stages: [{ duration: '500ms', rate: '10/s' }] },
      subscribe: [{ topic, qos: 1 }],
      reconnect: { policy: 'fixed', delay: '1500ms' },
      broker: { downlink: { send: { topic, every: '200ms' } }, disconnect: { at: '1500ms' } },
      hold: '5s',
    };
    const file = join(out, 'away.json');
    writeFileSync(file, JSON.stringify(scenario));
    await cli(['run', file, '--allow-invalid', '--out', join(out, 'run')]);
    const { counters, standIn } = readSummary(join(out, 'run'));
    expect(counters).toMatchObject({ connects_ok: 5, reconnects_ok: 5 });
    const { messages_stored, messages_delivered, messages_dropped_away } = standIn!.counts;
    expect(messages_stored).toBeGreaterThan(0);
    expect(messages_dropped_away).toBe(0);
    // What was cut off under way is delivered twice and received once.
    expect(counters.messages_received).toBeGreaterThanOrEqual(messages_stored!);
    expect(counters.messages_received).toBeLessThanOrEqual(messages_delivered!);
  });
});
