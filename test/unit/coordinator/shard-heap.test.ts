import { expect, it } from 'vitest';
import { initialHeapMb, MOST_MB } from '../../../src/coordinator/shard-heap.ts';
import type { ShardAssignment } from '../../../src/load/shard.ts';
import type { ClientKind } from '../../../src/model/scenario.ts';
import { devicesOf, scenarioOf, TARGET } from '../load/fleet.ts';

const { shared } = devicesOf(1);

function assignments(starts: number, of: number, client: ClientKind = 'wire'): ShardAssignment[] {
  const basis = {
    scenario: scenarioOf({ client }),
    target: TARGET,
    devices: shared,
    run: 1,
    durationUs: 1e6,
  };
  return Array.from({ length: of }, (_, index) => ({ ...basis, starts, segment: { index, of } }));
}

it('grows with the devices of a thread, faster with MQTT.js', () => {
  const base = initialHeapMb([]);
  expect(initialHeapMb(assignments(2048, 1))).toBe(base + 16);
  expect(initialHeapMb(assignments(2048, 2))).toBe(base + 8);
  expect(initialHeapMb(assignments(2048, 1, 'mqtt'))).toBe(base + 52);
});

it('and over TLS', () => {
  const target = { kind: 'region', region: 'cn-shanghai', tls: true } as const;
  const [plain] = assignments(2048, 1);
  expect(initialHeapMb([{ ...plain!, target }])).toBe(initialHeapMb([plain!]) + 24);
});

it('has an end', () => {
  expect(initialHeapMb(assignments(1_000_000, 1))).toBe(MOST_MB);
});
