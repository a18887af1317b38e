/**
 * What MQTT and the matching of answers demand of one subscription or publish plan beyond its form. Pure. Messages are predicates of the
 * value they are about ("has a wildcard"), hints may quote it: where a value came from the environment, hints are left out.
 */
import type { Complain } from '../../../../input/fields.ts';
import { nearest } from '../../../../input/nearest.ts';
import { isPlausibleName } from '../../../../input/quoted.ts';
import { isFlatOut } from '../../../../model/pace.ts';
import {
  fillAll,
  hasOpenPlaceholder,
  placeholdersIn,
  TEMPLATE_PLACEHOLDERS,
  TOPIC_PLACEHOLDERS,
} from '../../../../model/placeholders.ts';
import type { PublishPlan } from '../../../../model/scenario.ts';
import { hasWildcard, isTopicFilter, sharedFilter } from '../../../../mqtt/topic-filter.ts';

/** MQTT 3.1.1, 1.5.3: a string has a length of two bytes. */
const MAX_MQTT_STRING_BYTES = 65_535;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

export function checkTopic(
  topic: string,
  use: 'publish' | 'subscribe' | 'reply' | 'will',
  complain: Complain,
): void {
  checkPlaceholders(topic, TOPIC_PLACEHOLDERS, complain);
  if (topic === '') complain([], 'is no topic');
  if (CONTROL.test(topic)) complain([], 'has a control character');
  if (Buffer.byteLength(topic) > MAX_MQTT_STRING_BYTES) complain([], 'is longer than MQTT allows');
  const bare = fillAll(topic, 'x');
  if (use === 'subscribe' && bare.startsWith('$share/') && sharedFilter(bare) === undefined)
    complain([], 'is no shared subscription', '$share/group/a/+/b');
  else if (!hasWildcard(bare)) return;
  else if (use !== 'subscribe')
    complain([], 'has a wildcard', `+ and # are for subscribe; a ${use} topic is exact`);
  else if (!isTopicFilter(bare)) complain([], 'has a wildcard that is not a whole level', 'a/+/b or a/#');
}

/** A text that names the device, and no message. */
export function checkDeviceText(text: string, complain: Complain): void {
  checkPlaceholders(text, TOPIC_PLACEHOLDERS, complain);
  if (Buffer.byteLength(text) > MAX_MQTT_STRING_BYTES) complain([], 'is longer than MQTT allows');
}

export function checkTemplate(template: string, complain: Complain): void {
  checkPlaceholders(template, TEMPLATE_PLACEHOLDERS, complain);
}

/** What makes sense at a pace only. */
export function checkPace(
  plan: Pick<PublishPlan, 'everyUs' | 'jitter'> & { reply?: string },
  complain: Complain,
): void {
  if (!isFlatOut(plan)) return;
  const why = 'with `every: 0s` each message follows the one before at once';
  if (plan.jitter.kind !== 'none') complain(['jitter'], 'strays from a pace that there is not', why);
  if (plan.reply !== undefined)
    complain(['reply'], 'cannot be waited for', `${why}; give \`every\` a time to measure replies`);
}

function checkPlaceholders(text: string, known: readonly string[], complain: Complain): void {
  const unknown = new Set(placeholdersIn(text).filter((name) => !known.includes(name)));
  for (const name of unknown) {
    const meant = nearest(name, known);
    const valid =
      meant === undefined ? `valid: ${known.map(braced).join(' ')}` : `did you mean ${braced(meant)}?`;
    const which = isPlausibleName(name) || meant !== undefined ? `${braced(name)}: ` : '';
    complain([], 'has an unknown placeholder', which + valid);
  }
  if (hasOpenPlaceholder(text)) complain([], 'has a placeholder that is not closed', '${ without its }');
}

function braced(name: string): string {
  return `\${${name}}`;
}
