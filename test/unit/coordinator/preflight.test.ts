import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../src/coordinator/demand.ts';
import { type Finding, preflight } from '../../../src/coordinator/preflight.ts';
import type { MachineFacts } from '../../../src/machine/facts.ts';

const GB = 1024 ** 3;

const DEMAND: Demand = {
  connections: 1000,
  requests: 0,
  areRequestsApart: false,
  connectsPerSec: 100,
  messagesPerSec: 0,
  repliesPerSec: 0,
  client: 'mqtt',
  workers: 2,
  hasStandIn: false,
  tls: false,
  localAddresses: [],
};

const AMPLE: MachineFacts = {
  descriptors: { limit: 20_000, open: 20 },
  ports: { count: 28_232, inUse: 10 },
  memoryBytes: 16 * GB,
  cores: 8,
  conntrack: undefined,
  foreignAddresses: [],
};

function findings(demand: Partial<Demand>, machine: Partial<MachineFacts>): Finding[] {
  return preflight({ ...DEMAND, ...demand }, { ...AMPLE, ...machine });
}

function finding(subject: string, demand: Partial<Demand>, machine: Partial<MachineFacts> = {}): Finding {
  return findings(demand, machine).find((each) => each.subject === subject)!;
}

describe('preflight', () => {
  it('says ok to a small plan on an ample machine, and nothing else', () => {
    expect(findings({}, {}).map(({ subject, verdict, advice }) => [subject, verdict, advice])).toEqual([
      ['descriptors', 'ok', ''],
      ['source ports', 'ok', ''],
      ['memory', 'ok', ''],
      ['CPU', 'ok', ''],
    ]);
  });

  it('says what a system does not tell, and lets it pass', () => {
    const untold = { descriptors: undefined, ports: undefined, memoryBytes: undefined };
    expect(findings({ hasStandIn: true }, untold).map(({ has, verdict }) => [has, verdict])).toEqual([
      [undefined, 'unknown'],
      [undefined, 'unknown'],
      [undefined, 'unknown'],
      [undefined, 'unknown'],
      [8, 'ok'],
    ]);
  });
});

describe('descriptors', () => {
  const under = (limit: number, open = 20) => ({ descriptors: { limit, open } });

  it('are one per connection, beside those of the process and of its workers, less those that are open', () => {
    const { needs } = finding('descriptors', {});
    expect(needs).toBeGreaterThan(1000);
    expect(needs).toBeLessThan(1100);
    expect(finding('descriptors', { connections: 1001 }).needs).toBe(needs + 1);
    expect(finding('descriptors', { workers: 3 }).needs).toBeGreaterThan(needs);
    expect(finding('descriptors', {}, under(needs + 20)).verdict).toBe('ok');
    expect(finding('descriptors', {}, under(needs + 19)).verdict).toBe('exceeded');
  });

  it('are not shared with the stand-in, which has the same limit', () => {
    expect(finding('stand-in’s descriptors', {})).toBeUndefined();
    const { needs } = finding('stand-in’s descriptors', { hasStandIn: true });
    expect(finding('stand-in’s descriptors', { hasStandIn: true }, under(needs)).verdict).toBe('ok');
    expect(finding('stand-in’s descriptors', { hasStandIn: true }, under(needs - 1)).verdict).toBe(
      'exceeded',
    );
  });

  it('are needed for the rehearsal of many workers too', () => {
    const { needs } = finding('descriptors', { connections: 200, workers: 16 });
    expect(needs).toBeGreaterThan(16 * 81);
    expect(finding('descriptors', { connections: 2, workers: 2 }).needs).toBeLessThan(50);
  });

  it('come with the number to raise the limit to', () => {
    const { needs, has, advice } = finding('descriptors', {}, under(256));
    expect(has).toBe(236);
    expect(advice).toContain('256 files open');
    expect(advice).toContain(`raise that to ${needs + 20} `);
  });

  it('may be without limit', () => {
    expect(finding('descriptors', { connections: 1e6 }, under(Number.POSITIVE_INFINITY)).verdict).toBe('ok');
  });
});

describe('source ports', () => {
  const ports = (count: number, inUse = 0) => ({ ports: { count, inUse } });

  it('are those of the range, for each local address', () => {
    expect(finding('source ports', { connections: 31 }, ports(31)).verdict).toBe('ok');
    expect(finding('source ports', { connections: 32 }, ports(31)).verdict).toBe('exceeded');
    const localAddresses = ['127.0.0.2', '127.0.0.3'];
    expect(finding('source ports', { connections: 62, localAddresses }, ports(31)).verdict).toBe('ok');
    expect(finding('source ports', { connections: 63, localAddresses }, ports(31)).verdict).toBe('exceeded');
  });

  it('are one less where the stand-in listens on the address that is used', () => {
    const hasStandIn = true;
    expect(finding('source ports', { hasStandIn }, ports(31)).has).toBe(30);
    expect(finding('source ports', { hasStandIn, localAddresses: ['127.0.0.2'] }, ports(31)).has).toBe(31);
  });

  it('come with the number of addresses that would do', () => {
    expect(finding('source ports', { connections: 100_000 }).advice).toContain('give 4 of them');
    expect(finding('source ports', { connections: 32, hasStandIn: true }, ports(32)).advice).toContain(
      'give 2 of',
    );
  });

  it('may be taken by others, which is a warning', () => {
    expect(finding('source ports', { connections: 100 }, ports(1000, 900)).verdict).toBe('ok');
    expect(finding('source ports', { connections: 101 }, ports(1000, 900)).verdict).toBe('tight');
  });
});

it('local addresses must be this machine’s', () => {
  const localAddresses = ['127.0.0.2', '10.1.1.1', '10.1.1.2'];
  expect(finding('local addresses', { localAddresses }).verdict).toBe('ok');
  const foreignAddresses = ['10.1.1.1', '10.1.1.2'];
  expect(finding('local addresses', { localAddresses }, { foreignAddresses })).toMatchObject({
    needs: 3,
    has: 1,
    verdict: 'exceeded',
    advice: expect.stringContaining('10.1.1.1, 10.1.1.2 are not this machine’s'),
  });
});

describe('memory', () => {
  const needs = (demand: Partial<Demand>): number => finding('memory', demand).needs;

  it('grows with the connections, more over TLS, more with MQTT.js, more with the stand-in beside it', () => {
    const grown = needs({ connections: 2000 }) - needs({});
    expect(needs({ connections: 3000 }) - needs({ connections: 2000 })).toBe(grown);
    expect(needs({ tls: true })).toBeGreaterThan(needs({}));
    expect(needs({ client: 'wire' })).toBeLessThan(needs({}));
    expect(needs({ hasStandIn: true })).toBeGreaterThan(needs({}));
  });

  it('has a base for each process and each worker, connections or not', () => {
    const base = needs({ connections: 0, workers: 1 });
    expect(base).toBe(2 * 60 * 1024 ** 2);
    expect(needs({ connections: 0, workers: 3 })).toBe(2 * base);
    expect(needs({ connections: 0, workers: 1, hasStandIn: true })).toBe(1.5 * base);
  });

  it('is exceeded above what is there, and tight near it', () => {
    const at = (memoryBytes: number) => finding('memory', {}, { memoryBytes });
    const { needs } = at(GB);
    expect(at(needs - 1).verdict).toBe('exceeded');
    expect(at(needs).verdict).toBe('tight');
    expect(at(needs / 0.79).verdict).toBe('ok');
    expect(at(needs - 1).advice).toContain('client: wire');
    expect(finding('memory', { client: 'wire' }, { memoryBytes: 1 }).advice).not.toContain('client: wire');
  });
});

describe('CPU', () => {
  it('is what connects and messages cost, and never more than a warning', () => {
    const cores = finding('CPU', {}).needs;
    expect(finding('CPU', { connectsPerSec: 200 }).needs).toBeCloseTo(2 * cores);
    expect(finding('CPU', { tls: true }).needs).toBeGreaterThan(cores);
    expect(finding('CPU', { hasStandIn: true }).needs).toBeGreaterThan(cores);
    expect(finding('CPU', { messagesPerSec: 100, repliesPerSec: 100 }).needs).toBeGreaterThan(cores);
    expect(finding('CPU', { connectsPerSec: 1e6 }).verdict).toBe('tight');
  });

  it('is more where each device asks for a token, and most where over a connection of its own', () => {
    for (const hasStandIn of [false, true]) {
      const cores = (demand: Partial<Demand>) => finding('CPU', { ...demand, hasStandIn }).needs;
      const requests = 100;
      expect(cores({ requests })).toBeGreaterThan(cores({}));
      const apart = cores({ requests, areRequestsApart: true });
      expect(apart - cores({ requests })).toBeCloseTo(cores({ tls: true }) - cores({}));
    }
  });

  it('says how many workers would do where those there are would be saturated', () => {
    const connectsPerSec = 2 / finding('CPU', { connectsPerSec: 1 }).needs;
    const { verdict, advice } = finding('CPU', { connectsPerSec, workers: 1 });
    expect(verdict).toBe('tight');
    expect(advice).toContain('the one worker would be busy for 200 % of the time: use 3 --workers');
    expect(finding('CPU', { connectsPerSec, workers: 3 }).verdict).toBe('ok');
    expect(finding('CPU', { connectsPerSec, workers: 3 }, { cores: 2 }).advice).toContain('may be late');
  });
});

it('a table of connections that is too small is a warning', () => {
  const conntrack = { limit: 1500, inUse: 500 };
  expect(finding('conntrack entries', {}, { conntrack }).verdict).toBe('ok');
  expect(finding('conntrack entries', { connections: 1001 }, { conntrack })).toMatchObject({
    has: 1000,
    verdict: 'tight',
    advice: expect.stringContaining('nf_conntrack_max'),
  });
});
