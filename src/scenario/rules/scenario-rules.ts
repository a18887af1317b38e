/**
 * What the platform and MQTT demand beyond the form of a scenario. Pure. Messages are predicates of the value they are about
 * ("has a wildcard"), hints may quote it: where a value came from the environment, hints are left out.
 */
import { isIP } from 'node:net';
import type { Complain } from '../../input/fields.ts';
import { nearest, suggestion } from '../../input/nearest.ts';
import { isPlausibleName } from '../../input/quoted.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { isFlatOut } from '../../model/pace.ts';
import {
  fillAll,
  fillPlaceholders,
  hasOpenPlaceholder,
  placeholdersIn,
  TEMPLATE_PLACEHOLDERS,
  TOPIC_PLACEHOLDERS,
} from '../../model/placeholders.ts';
import type { PayloadSpec, PublishPlan, Scenario, Stage } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { formatDuration } from '../../model/units.ts';
import {
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES_PER_SEC,
  MAX_SUBSCRIPTIONS,
  MAX_TOPIC_BYTES,
  MAX_TOPIC_SLASHES,
} from '../../platform/aliyun/limits.ts';
import { KNOWN_REGIONS } from '../target.ts';

/** The shortest `every` in whole milliseconds that is called within the platform's rate, by QoS: 33 ms for 30/s, 100 ms for 10/s. */
const MIN_EVERY_US = MAX_MESSAGES_PER_SEC.map((perSec) => Math.floor(1e3 / perSec) * 1e3);
/** MQTT 3.1.1, 1.5.3: a string has a length of two bytes. */
const MAX_MQTT_STRING_BYTES = 65_535;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** MQTT 3.1.1, 4.7.1: `#` is a whole level and the last one, `+` is a whole level. */
const FILTER = /^(?:[^+#/]*|\+)(?:\/(?:[^+#/]*|\+))*(?:\/#)?$|^#$/;
const ALINK_ID = /"id"\s*:\s*"?\$\{seq\}"?\s*[,}]/;

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
  if (Buffer.byteLength(template) > MAX_MESSAGE_BYTES) complain([], 'is over the 256KB of an MQTT message');
}

/** An answer is matched with its request by the Alink id, which must therefore be there and count up. */
export function checkReply(payload: PayloadSpec, complain: Complain): void {
  if (payload.kind === 'template' && ALINK_ID.test(payload.template)) return;
  complain([], 'needs a payload template with an id', 'answers are matched by it: \'{"id":"${seq}", …}\'');
}

export function checkStages(stages: readonly Stage[], complain: Complain): void {
  if (stages.length === 0) complain([], 'has no stage', 'write e.g. [{ duration: 4s, rate: 50/s }]');
  else if (startsOf(stages) < 1) complain([], 'makes no start', 'longer stages or a higher rate');
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
  const { length } = effectiveSubscriptions(scenario);
  if (length <= MAX_SUBSCRIPTIONS) return;
  const path = scenario.subscribe.length > 0 ? ['subscribe'] : ['publish'];
  complain(path, `makes ${length} subscriptions per device`, `the platform takes ${MAX_SUBSCRIPTIONS}`);
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
  warnOfRates(scenario, warn);
  warnOfTopics(scenario, devices, warn);
  const { target } = scenario;
  if (target.kind === 'region' && !(KNOWN_REGIONS as readonly string[]).includes(target.region)) {
    warn(['target', 'region'], 'is not a region we know', suggestion(target.region, KNOWN_REGIONS));
  }
  const starts = Math.floor(startsOf(scenario.connect.stages) + 1e-6);
  if (starts < devices.count) {
    const most = `${starts} of ${devices.count} devices`;
    warn(['connect', 'stages'], `starts only ${most}`, 'the others never connect');
  }
}

function warnOfRates(scenario: Scenario, warn: Complain): void {
  const perSec = [0, 0];
  for (const [at, { qos, everyUs }] of scenario.publish.entries()) {
    // Nobody takes that for what the platform lets through; where it is the target, account-rules speaks of it.
    if (isFlatOut({ everyUs })) continue;
    const mostPerSec = 1e6 / MIN_EVERY_US[qos]!;
    const before = perSec[qos]!;
    perSec[qos] = before + 1e6 / everyUs;
    // Said once per QoS, at the entry that crosses the line.
    if (before > mostPerSec + 1e-9 || perSec[qos]! <= mostPerSec + 1e-9) continue;
    const every = formatDuration(everyUs);
    warn(
      ['publish', at, 'every'],
      `is beyond the platform's ${MAX_MESSAGES_PER_SEC[qos]}/s per device at QoS ${qos}`,
      before === 0
        ? `it drops what is above silently; one message each ${every}`
        : 'together with the entries above',
    );
  }
}

/** Judged as the first device would fill them. */
function warnOfTopics(scenario: Scenario, devices: DeviceTable, warn: Complain): void {
  if (devices.count === 0) return;
  const values = {
    productKey: devices.productKey(0),
    deviceName: devices.deviceName(0),
    clientId: devices.clientId(0),
  };
  const check = (path: readonly PropertyKey[], template: string): void => {
    const topic = fillPlaceholders(template, values);
    const bytes = Buffer.byteLength(topic);
    const slashes = topic.split('/').length - 1;
    const documented = 'the value documented in 2019';
    if (bytes > MAX_TOPIC_BYTES)
      warn(path, `makes a topic of ${bytes} bytes`, `over ${MAX_TOPIC_BYTES}, ${documented}`);
    if (slashes > MAX_TOPIC_SLASHES)
      warn(path, `has ${slashes} slashes`, `over ${MAX_TOPIC_SLASHES}, ${documented}`);
  };
  for (const [at, { topic }] of scenario.subscribe.entries()) check(['subscribe', at, 'topic'], topic);
  for (const [at, { topic, reply }] of scenario.publish.entries()) {
    check(['publish', at, 'topic'], topic);
    if (reply !== undefined) check(['publish', at, 'reply'], reply);
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
