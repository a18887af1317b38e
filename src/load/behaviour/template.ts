/** Text with `${name}` placeholders, compiled to a function: parsed once per shard, rendered once per message or device. */

import type { Identity } from '../../model/devices/device-table.ts';
import { splitAtPlaceholders } from '../../model/placeholders.ts';

export type Fill<Context> = (context: Context) => string;

/** What a topic may name: TOPIC_PLACEHOLDERS. */
const TOPIC_FILLS = {
  productKey: (identity: Identity) => identity.productKey,
  deviceName: (identity: Identity) => identity.deviceName,
  clientId: (identity: Identity) => identity.clientId,
};

/** A topic or filter of any device, or another text with its names. */
export function compileTopic(topic: string): Fill<Identity> {
  return compileTemplate(topic, TOPIC_FILLS);
}

/** Text → a function that fills it in. Every name in it must be in `fills`; the scenario's reader has seen to that. */
export function compileTemplate<Context>(text: string, fills: Record<string, Fill<Context>>): Fill<Context> {
  const pieces = splitAtPlaceholders(text);
  if (pieces.length === 1) return () => text;
  const parts = pieces.map((piece, index): string | Fill<Context> =>
    index % 2 === 0 ? piece : fills[piece]!,
  );
  return (context) => {
    let rendered = '';
    for (const part of parts) rendered += typeof part === 'string' ? part : part(context);
    return rendered;
  };
}
