/** MQTT 5 against the stand-in that comes along, through the command: what a user of `protocol: 5` gets. A wrong password is of test/cli/ways-in. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

describe('protocol: 5', () => {
  it('signs in and measures, and the stand-in agrees (client: mqtt)', async () => {
    const out = temporaryFolder();
    const short = ['devices.generate.count=20', 'hold=1s', 'client=mqtt'];
    const stages = 'connect.stages=[{ duration: 400ms, rate: 50/s }]';
    const { code, stdout } = await cli([
      ...['run', 'scenarios/mqtt5.yaml', '--workers', '1', '--allow-invalid', '--out', out],
      ...[...short, stages].flatMap((set) => ['--set', set]),
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

  it('is told the reason of a quota, and finds what the cloud sent while it was away (client: wire)', async () => {
    const out = temporaryFolder();
    const topic = '/${productKey}/${deviceName}/user/get';
    const scenario = {
      ...{
        name: 'away',
        target: 'embedded',
        protocol: '5',
        client: 'wire',
        clean: false,
        sessionExpiry: '1h',
      },
      devices: { generate: { productKey: 'pk', count: 6 } },
      connect: { stages: [{ duration: '300ms', rate: '20/s' }] },
      subscribe: [{ topic, qos: 1 }],
      reconnect: { policy: 'fixed', delay: '1s' },
      broker: {
        downlink: { send: { topic, every: '200ms' } },
        disconnect: { at: '1200ms' },
        // What is over it is refused as MQTT 5 says it.
        quotas: { connections: 5 },
      },
      hold: '3s',
      thresholds: { connects_ok: ['share == 1'] },
    };
    const file = join(out, 'away.json');
    writeFileSync(file, JSON.stringify(scenario));
    const { code } = await cli(['run', file, '--workers', '1', '--allow-invalid', '--out', join(out, 'run')]);
    expect(code).toBe(99);
    const { counters, failures, standIn } = readSummary(join(out, 'run'));
    expect(counters).toMatchObject({ connects_ok: 5, connects_failed: 1, reconnects_ok: 5 });
    const refused = failures.filter(({ phase }) => phase !== 'open');
    expect(refused).toMatchObject([{ phase: 'connack', kind: 'rejected', code: 'CONNACK 137', count: 1 }]);
    expect(refused[0]!.hint).toContain('busy');
    const { messages_stored, messages_delivered, messages_dropped_away } = standIn!.counts;
    expect(messages_stored).toBeGreaterThan(0);
    expect(messages_dropped_away).toBe(0);
    // What was cut off under way is delivered twice and received once.
    expect(counters.messages_received).toBeGreaterThanOrEqual(messages_stored!);
    expect(counters.messages_received).toBeLessThanOrEqual(messages_delivered!);
  });
});
