/** What a message holds. A plan's payload is compiled once per shard and rendered once per message. */
import type { Identity } from '../../../model/devices/device-table.ts';
import type { PayloadSpec, SizeDistribution } from '../../../model/scenario.ts';
import { weightedDraw } from '../../../statistics/random.ts';
import { compileTemplate } from '../template.ts';
import { type MessageHeader, writeHeader } from './delivery/message-header.ts';

/** What a payload may refer to. */
export interface MessageContext extends Omit<MessageHeader, 'run' | 'plan'> {
  identity: Identity;
  /** Number of the message per device over all its plans, from 1: Alink wants an `id` unique within the device. */
  id: number;
}

/** The text or bytes of a message; a buffer is good until the next one is rendered: they are the same memory. */
export type PayloadRenderer = (context: MessageContext) => string | Buffer;

/** What payloads are filled from: `random` yields numbers in [0, 1); `epochMs` the wall clock; `run` and `plan` go into headers. */
export interface PayloadSources {
  random(): number;
  epochMs(): number;
  run: number;
  plan: number;
}

export function compilePayload(spec: PayloadSpec, sources: PayloadSources): PayloadRenderer {
  switch (spec.kind) {
    case 'size': {
      const bytes = compileSize(spec.sizes, sources.random);
      const { run, plan } = sources;
      const longest = Buffer.alloc(mostBytes(spec.sizes), 'x');
      return ({ device, seq, before, isRegular, intendedUs }) => {
        const length = bytes();
        const payload = length === longest.length ? longest : longest.subarray(0, length);
        writeHeader(payload, { run, device, plan, seq, before, isRegular, intendedUs });
        return payload;
      };
    }
    case 'template':
      return compileTemplate<MessageContext>(spec.template, {
        productKey: ({ identity }) => identity.productKey,
        deviceName: ({ identity }) => identity.deviceName,
        clientId: ({ identity }) => identity.clientId,
        device: ({ device }) => String(device),
        seq: ({ id }) => String(id),
        timestamp: () => String(sources.epochMs()),
        random: () => String(sources.random()),
      });
  }
}

function mostBytes(sizes: SizeDistribution): number {
  switch (sizes.kind) {
    case 'fixed':
      return sizes.bytes;
    case 'uniform':
      return sizes.maxBytes;
    case 'weighted':
      return Math.max(...sizes.parts.map(({ bytes }) => bytes));
  }
}

/** A source of sizes: bytes of each next message. */
function compileSize(sizes: SizeDistribution, random: () => number): () => number {
  switch (sizes.kind) {
    case 'fixed':
      return () => sizes.bytes;
    case 'uniform':
      return () => sizes.minBytes + Math.floor(random() * (sizes.maxBytes - sizes.minBytes + 1));
    case 'weighted':
      return weightedDraw(
        sizes.parts.map(({ bytes, weight }) => ({ value: bytes, weight })),
        random,
      );
  }
}
