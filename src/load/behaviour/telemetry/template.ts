/** Text with `${name}` placeholders, compiled to a function: parsed once per shard, rendered once per message or device. */

import { splitAtPlaceholders } from '../../../model/placeholders.ts';

type Fill<Context> = (context: Context) => string;

/** Every name in the text must be in `fills`; the scenario's reader has seen to that. */
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
