/** What a message holds. A plan's payload is compiled once per shard and rendered once per message. */
import type { PayloadSpec } from '../scenario/scenario.ts';
import { compileTemplate } from './template.ts';

/** What a payload's placeholders may refer to. */
export interface MessageContext {
  productKey: string;
  deviceName: string;
  clientId: string;
  /** Index of the device in its list. */
  device: number;
  /** Per device, from 1: Alink wants an `id` unique within the device. */
  seq: number;
}

export type PayloadRenderer = (context: MessageContext) => string | Buffer;

/** `random` yields numbers in [0, 1); `epochMs` the wall clock. */
export function compilePayload(
  spec: PayloadSpec,
  random: () => number,
  epochMs: () => number,
): PayloadRenderer {
  switch (spec.kind) {
    case 'size': {
      const filler = Buffer.alloc(spec.bytes, 'x');
      return () => filler;
    }
    case 'template':
      return compileTemplate<MessageContext>(spec.template, {
        productKey: (context) => context.productKey,
        deviceName: (context) => context.deviceName,
        clientId: (context) => context.clientId,
        device: (context) => String(context.device),
        seq: (context) => String(context.seq),
        timestamp: () => String(epochMs()),
        random: () => String(random()),
      });
  }
}
