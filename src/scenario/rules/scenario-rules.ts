/**
 * What the platform and MQTT demand beyond the form of a scenario. Pure. Messages are predicates of the value they are about
 * ("has a wildcard"), hints may quote it: where a value came from the environment, hints are left out.
 */
import { isIP } from 'node:net';
import type { Complain } from '../../input/fields.ts';
import { nearest } from '../../input/nearest.ts';
import { isPlausibleName } from '../../input/quoted.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { isFlatOut } from '../../model/pace.ts';
import {
  fillAll,
  hasOpenPlaceholder,
  placeholdersIn,
  TEMPLATE_PLACEHOLDERS,
  TOPIC_PLACEHOLDERS,
} from '../../model/placeholders.ts';
import type { PublishPlan, Scenario, Stage } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { platformOf } from '../../platform/platforms.ts';

/** MQTT 3.1.1, 1.5.3: a string has a length of two bytes. */
const MAX_MQTT_STRING_BYTES = 65_535;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** MQTT 3.1.1, 4.7.1: `#` is a whole level and the last one, `+` is a whole level. */
const FILTER = /^(?:[^+#/]*|\+)(?:\/(?:[^+#/]*|\+))*(?:\/#)?$|^#$/;

export function checkTopic(topic: string, use: 'publish' | 'subscribe' | 'reply', complain: Complain): void {
  checkPlaceholders(topic, TOPIC_PLACEHOLDERS, complain);
  if (topic === '') complain([], 'is no topic');
  if (CONTROL.test(topic)) complain([], 'has a control character');
  if (Buffer.byteLength(topic) > MAX_MQTT_STRING_BYTES) complain([], 'is longer than MQTT allows');
  const bare = fillAll(topic, 'x');
  if (!/[+#]/.test(bare)) return;
  if (use !== 'subscribe')
    complain([], 'has a wildcard', `+ and # are for subscribe; a ${use} topic is exact`);
  else if (!FILTER.test(bare)) complain([], 'has a wildcard that is not a whole level', 'a/+/b or a/#');
}

export function checkTemplate(template: string, complain: Complain): void {
  checkPlaceholders(template, TEMPLATE_PLACEHOLDERS, complain);
}

export function checkStages(stages: readonly Stage[], complain: Complain): void {
  if (stages.length === 0) complain([], 'has no stage', 'write e.g. [{ duration: 4s, rate: 50/s }]');
  else if (startsOf(stages) < 1) complain([], 'makes no start', 'longer stages or a higher rate');
}

/** Decimal fractions do not sum exactly. */
export function checkShares(parts: readonly { share: number }[], complain: Complain): void {
  const sum = parts.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) < 1e-9) return;
  complain([], `has shares that sum to ${Number((sum * 100).toFixed(6))}%`, 'they must sum to 100%');
}

/** Rules over the whole, on a scenario that is sound in its parts. */
export function checkScenario(scenario: Scenario, complain: Complain): void {
  const topics = new Set<string>();
  for (const [at, { topic }] of scenario.subscribe.entries()) {
    if (topics.has(topic)) complain(['subscribe', at, 'topic'], 'is subscribed to twice');
    topics.add(topic);
  }
  checkLocalAddresses(scenario, complain);
  if (scenario.target.kind === 'embedded' && scenario.protocol === '5')
    complain(['protocol'], 'is not spoken by the stand-in', 'write 3.1.1, or name a broker as target');
  checkTarget(scenario, complain);
  const { who, limits } = platformOf(scenario);
  const { length } = effectiveSubscriptions(scenario);
  if (length <= limits.subscriptions) return;
  const path = scenario.subscribe.length > 0 ? ['subscribe'] : ['publish'];
  complain(path, `makes ${length} subscriptions per device`, `${who} takes ${limits.subscriptions}`);
}

function checkTarget(scenario: Scenario, complain: Complain): void {
  const { target } = scenario;
  const { name, endpoint, hasStandIn } = platformOf(scenario);
  if (target.kind === 'embedded') {
    const hint = 'it behaves as Aliyun does; name a broker, e.g. mqtt://localhost:1883';
    if (!hasStandIn) complain(['target'], `is no broker for platform: ${name}`, hint);
  } else if (target.kind !== 'url' && endpoint[target.kind] === undefined) {
    const hint = 'name its address, e.g. mqtts://broker.example.com:8883';
    complain(['target', target.kind], `is nothing that platform: ${name} has`, hint);
  }
}

/** What would be filled in with nothing. */
export function checkProductKeys(scenario: Scenario, devices: DeviceTable, complain: Complain): void {
  if (devices.count === 0 || devices.productKey(0) !== '') return;
  const check = (path: readonly PropertyKey[], template = ''): void => {
    if (placeholdersIn(template).includes('productKey'))
      complain(path, 'has ${productKey}', 'the devices have none; ${deviceName} and ${clientId} they have');
  };
  for (const [at, { topic }] of scenario.subscribe.entries()) check(['subscribe', at, 'topic'], topic);
  for (const [at, { topic, reply, payload }] of scenario.publish.entries()) {
    check(['publish', at, 'topic'], topic);
    check(['publish', at, 'reply'], reply);
    if (payload.kind === 'template') check(['publish', at, 'payload', 'template'], payload.template);
  }
}

/** A socket of one family cannot reach an address of the other; a name may have both. The stand-in listens on 127.0.0.1. */
function checkLocalAddresses({ target, localAddresses = [] }: Scenario, complain: Complain): void {
  const host = target.kind === 'embedded' ? '127.0.0.1' : target.kind === 'url' ? target.host : '';
  const family = isIP(host);
  for (const [at, address] of localAddresses.entries()) {
    if (family === 0 || isIP(address) === family) continue;
    complain(['localAddresses', at], 'cannot reach the target', `which is an IPv${family} address`);
  }
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

/** What will probably not do what was meant. */
export function warnOfScenario(scenario: Scenario, devices: DeviceTable, warn: Complain): void {
  platformOf(scenario).warn(scenario, devices, warn);
  const starts = Math.floor(startsOf(scenario.connect.stages) + 1e-6);
  if (starts < devices.count) {
    const most = `${starts} of ${devices.count} devices`;
    warn(['connect', 'stages'], `starts only ${most}`, 'the others never connect');
  }
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

/** The area under the stages. */
function startsOf(stages: readonly Stage[]): number {
  let starts = 0;
  for (const { durationUs, fromPerSec, toPerSec } of stages) {
    starts += ((fromPerSec + toPerSec) / 2) * (durationUs / 1e6);
  }
  return starts;
}
