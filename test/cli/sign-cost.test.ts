import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SignCost } from '../../src/sign-cost/sign-cost-report.ts';
import { cli, harmed, startCli, temporaryFolder } from '../support/cli.ts';

const CANARY = 'canary5ecretcanary5ecretcanary5e';
const SHORT = ['--duration', '4s', '--threads', '1'];

/** Its devices have secrets that are known when they are seen. */
function scenarioWith(text = ''): string {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 20 }, (_, index) => `a1Canary,d${index},${CANARY}${index}`);
  writeFileSync(join(folder, 'devices.csv'), `productKey,deviceName,deviceSecret\n${rows.join('\n')}\n`);
  const scenario = join(folder, 'canary.yaml');
  writeFileSync(scenario, `target: embedded\ndevices: { file: devices.csv }\n${text}`);
  return scenario;
}

describe('mqtt-fleet sign-cost', () => {
  it('compares the methods, prints JSON, and no secret', async () => {
    const { code, stdout, stderr } = await cli(['sign-cost', scenarioWith(), ...SHORT, '--json']);
    expect(stderr).toContain('hmacsha1, hmacmd5, hmacsha256 take turns for 4s: 1 thread');
    expect(code).toBe(0);
    const cost = JSON.parse(stdout) as SignCost;
    expect(cost.devices).toBe(20);
    // clientId a1Canary.d0, deviceName d0, productKey a1Canary, timestamp of 13 digits, and the four names.
    expect(cost.contentBytes).toBe(8 + 11 + 10 + 2 + 10 + 8 + 9 + 13);
    expect(cost.comparisons.map(({ a, b }) => `${a}:${b}`)).toEqual([
      'hmacsha1:hmacmd5',
      'hmacsha1:hmacsha256',
      'hmacmd5:hmacsha256',
    ]);
    for (const { ratio, ci95, verdict } of [...cost.comparisons, cost.control]) {
      expect(ci95[0]).toBeLessThanOrEqual(ratio);
      expect(ci95[1]).toBeGreaterThanOrEqual(ratio);
      expect(['faster', 'slower', 'no measurable difference']).toContain(verdict);
    }
    for (const { ns, signsPerSec, signNs, bareNs } of Object.values(cost.methods)) {
      expect(ns.p50).toBeGreaterThan(0);
      expect(ns.p99).toBeGreaterThanOrEqual(ns.p50);
      expect(signsPerSec).toBeGreaterThan(0);
      expect(signNs).toBeLessThan(ns.mean);
      expect(bareNs).toBeGreaterThan(0);
    }
    expect(cost.environment).toMatchObject({ node: process.version, openssl: process.versions.openssl });
    expect(cost.online).toBeNull();
    expect(cost.openssl).toBeNull();
    for (const text of [stdout, stderr]) expect(text).not.toContain('canary5ecret');
  });

  it('prints tables for people, for every number of threads', async () => {
    const { code, stdout } = await cli(['sign-cost', '--duration', '6s', '--threads', '1,2', '--no-openssl']);
    expect(code).toBe(0);
    for (const text of [
      'Login (ns), 1 thread',
      'Login (ns), 2 threads',
      'hmacsha1 : itself',
      'createHmac alone',
    ])
      expect(stdout).toContain(text);
    expect(stdout).not.toContain('openssl speed');
  });

  it('gives what it measured where the machine was too slow for a sound result, and exits 114', async () => {
    const args = ['sign-cost', '--duration', '3s', '--threads', '1', '--no-openssl', '--json'];
    const { code, stdout, stderr } = await cli(args, harmed('signing-is-slow'));
    expect(stderr).toMatch(/\d+ blocks? only were measured with 1 thread: too few to know their spread/);
    expect(stderr).not.toContain('    at ');
    const [measured] = (JSON.parse(stdout) as SignCost).threads;
    expect(measured!.blocks).toBeGreaterThan(0);
    expect(measured!.blocks).toBeLessThan(20);
    expect(code).toBe(114);
  });
});

describe('mqtt-fleet sign-cost --online', () => {
  const FAST = 'connect: { stages: [{ duration: 1s, rate: 20/s }] }\n';

  it('signs the fleet in with each method in turn, and says what signing is of a connect', async () => {
    const args = ['sign-cost', scenarioWith(FAST), '--online', '--rounds', '2', '--allow-invalid', '--json'];
    const { code, stdout, stderr } = await cli([...args, ...SHORT]);
    expect(code).toBe(0);
    expect(stderr).toContain('20 devices sign in 6 times (2 rounds of 3 methods)');
    expect(stderr).toContain('round 2 of 2: hmacmd5');
    const { online } = JSON.parse(stdout) as SignCost;
    expect(online).toMatchObject({ rounds: 2, devices: 20 });
    for (const method of Object.values(online!.methods)) {
      expect(method).toMatchObject({ connects: 40, failures: [] });
      expect(method.connect_sign!.count).toBe(40);
      expect(method.signShare!.share).toBeGreaterThan(0);
      expect(method.signShare!.share).toBeLessThan(1);
    }
    expect(online!.comparisons).toHaveLength(3);
    for (const text of [stdout, stderr]) expect(text).not.toContain('canary5ecret');
  });

  it('holds HTTPS first against the methods, where the scenario has that', async () => {
    const scenario = scenarioWith(`${FAST}auth: { method: https, signmethod: hmacsha256 }\n`);
    const args = ['sign-cost', scenario, '--online', '--rounds', '2', '--allow-invalid', '--json'];
    const { code, stdout, stderr } = await cli([...args, ...SHORT]);
    expect(code).toBe(0);
    expect(stderr).toContain('20 devices sign in 8 times (2 rounds of 4 methods)');
    const { online } = JSON.parse(stdout) as SignCost;
    const { https, ...direct } = online!.methods;
    expect(https).toMatchObject({ connects: 40, failures: [], connect_auth: { count: 40 } });
    expect(Object.keys(direct)).toHaveLength(3);
    for (const method of Object.values(direct))
      expect(method).toMatchObject({ connects: 40, failures: [], connect_auth: null });
    expect(online!.comparisons).toContainEqual(expect.objectContaining({ a: 'hmacsha256', b: 'https' }));
    for (const text of [stdout, stderr]) expect(text).not.toContain('canary5ecret');
  });

  it('keeps what it has when it is stopped, and exits 105', async () => {
    const args = ['sign-cost', '--online', scenarioWith(FAST), '--rounds', '50', ...SHORT, '--json'];
    const run = startCli(args);
    await run.says('round 1 of 50');
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    expect(stderr).toContain('stopping: SIGINT');
    const cost = JSON.parse(stdout) as SignCost;
    expect(cost.online).toBeNull();
    expect(Object.keys(cost.methods)).toHaveLength(3);
    expect(code).toBe(105);
  });
});
