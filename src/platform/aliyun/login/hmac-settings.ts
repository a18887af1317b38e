/** The keys of `auth` for `method: hmac`. */
import * as z from 'zod';
import { type Complain, text, wholeNumber } from '../../../input/fields.ts';
import { type Auth, SIGNMETHODS, type Signmethod, type Timestamp } from '../../../model/scenario.ts';
import type { ClientIdSettings } from '../signing/client-id-form.ts';
import { checkClientId } from '../signing/client-id-problems.ts';
import { defaultsOf, SDK_NAMES } from '../signing/sdks.ts';

const usual = defaultsOf(undefined);

const aSignmethod = () => z.enum(SIGNMETHODS);
const aTimestamp = () =>
  z.union([z.enum(['now', 'omit']), wholeNumber(0)], {
    error: 'is no timestamp; write now, omit or a number of ms',
  });
const SIGNMETHOD = { description: 'The HMAC of the password' };
const TIMESTAMP = { description: 'now, omit, or a number of ms: a part of the signed content' };

/** What every way to sign in has that signs. */
export const signing = {
  signmethod: aSignmethod().prefault(usual.signmethod).meta(SIGNMETHOD),
  timestamp: aTimestamp().prefault(usual.timestamp).meta(TIMESTAMP),
};

export const shape = {
  // With an SDK they have that one's defaults.
  signmethod: aSignmethod()
    .optional()
    .meta({ ...SIGNMETHOD, default: usual.signmethod }),
  timestamp: aTimestamp()
    .optional()
    .meta({ ...TIMESTAMP, default: usual.timestamp }),
  sdk: z.enum(SDK_NAMES).optional().meta({
    description:
      'Whose client ids and passwords: those of the C Link SDK 3 or 4, of the JavaScript SDK or the older one (js-1), or as the console hands them out; keys beside it take the place of what that does',
  }),
  clientId: text().optional().meta({
    description: 'Free part of devices whose list has none, with ${productKey}, ${deviceName}; may be empty',
  }),
  params: z
    .record(
      text(),
      z.union([text(), z.number().transform(String)], { error: 'is neither a text nor a number' }),
    )
    .optional()
    .meta({ description: 'Pairs more in the client id, which are not signed: { ext: 1, _ss: 1 }' }),
  order: z
    .array(text())
    .optional()
    .meta({ description: 'Names of the pairs in their order; those that it does not name follow' }),
  hex: z.enum(['lower', 'upper']).optional().meta({
    description: 'Case of the password’s digits, which the platform does not mind',
    default: usual.hex,
  }),
};

/** What of it was given. */
interface HmacDraft extends Auth, ClientIdSettings {
  method: 'hmac';
  signmethod?: Signmethod;
  timestamp?: Timestamp;
}

export function check(draft: HmacDraft, complain: Complain): void {
  checkClientId(draft, complain);
}

export function complete(
  draft: HmacDraft,
): HmacDraft & Required<Pick<HmacDraft, 'signmethod' | 'timestamp'>> {
  const { signmethod, timestamp } = defaultsOf(draft.sdk);
  return { ...draft, signmethod: draft.signmethod ?? signmethod, timestamp: draft.timestamp ?? timestamp };
}
