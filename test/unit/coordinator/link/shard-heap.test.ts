import { expect, it } from 'vitest';
import { initialHeapMb, MOST_MB } from '../../../../src/coordinator/link/shard-heap.ts';
import type { ShardAssignment } from '../../../../src/load/protocol.ts';
import { scenarioOf, TARGET } from '../../load/fleet.ts';

function assignments(connections: number, of: number, client = 'wire'): ShardAssignment[] {
  const basis = { scenario: scenarioOf({ client }), target: TARGET, connections, run: 1 };
  return Array.from({ length: of }, (_, index) => ({ ...basis, segment: { index, of } }));
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
