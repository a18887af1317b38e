/** What a platform demands of messages beyond their form. Pure. */
import type { Complain } from '../../input/fields.ts';
import type { PublishDraft } from '../../load/behaviour/telemetry/settings/publish-schema.ts';
import type { PayloadSpec } from '../../model/scenario.ts';
import type { Platform } from '../../platform/platform.ts';

/** A payload that is in a file is held against it when it has been read (payload-file). */
export function checkMessage(platform: Platform, { payload, reply }: PublishDraft, complain: Complain): void {
  if (payload.kind === 'file') return;
  checkSize(platform, payload, complain);
  if (reply !== undefined) checkReply(platform, payload, (...what) => complain(['reply'], ...what));
}

/** The predicate of a message that is larger than the platform takes. */
export function isOverSize({ limits }: Platform): string {
  return `is over the ${limits.messageBytes / 1024}KB of an MQTT message`;
}

function checkSize(platform: Platform, payload: PayloadSpec, complain: Complain): void {
  const hold = (bytes: number, ...path: PropertyKey[]): void => {
    if (bytes > platform.limits.messageBytes) complain(['payload', ...path], isOverSize(platform));
  };
  if (payload.kind === 'template') {
    hold(Buffer.byteLength(payload.template), 'template');
    return;
  }
  const { sizes } = payload;
  if (sizes.kind === 'fixed') hold(sizes.bytes, 'size');
  else if (sizes.kind === 'uniform') hold(sizes.maxBytes, 'size', 'max');
  else for (const [at, { bytes }] of sizes.parts.entries()) hold(bytes, 'size', at, 'size');
}

/** An answer is matched with its request by what the request holds, which must therefore be there and count up. */
export function checkReply(
  { reply }: Platform,
  payload: PayloadSpec,
  complain: (message: string, hint?: string) => void,
): void {
  if (payload.kind === 'template' && reply.isAsked(payload.template)) return;
  complain('needs a payload template with an id', reply.hint);
}
