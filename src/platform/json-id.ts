/** Answers that carry the `id` of their request: so does Alink, and so do most who answer in JSON. */
import type { ReplyRule } from './platform.ts';

const ASKED = /"id"\s*:\s*"?\$\{seq\}"?\s*[,}]/;

export const JSON_ID: ReplyRule = {
  isAsked: (template) => ASKED.test(template),
  hint: 'answers are matched by it: \'{"id":"${seq}", …}\'',
  idOf(payload) {
    try {
      const message = JSON.parse(payload.toString('utf8')) as { id?: unknown } | null;
      return Number(message?.id);
    } catch {
      return Number.NaN;
    }
  },
};
