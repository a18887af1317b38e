/**
 * What the platform and MQTT demand beyond the form of a scenario. Pure. Messages are predicates of the value they are about
 * ("has a wildcard"), hints may quote it: where a value came from the environment, hints are left out.
 */
import { isIP } from 'node:net';
import type { Complain } from '../../input/fields.ts';
import { suggestion } from '../../input/nearest.ts';
import { createPacer } from '../../load/time/pacer.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { isFlatOut } from '../../model/pace.ts';
import { fillPlaceholders } from '../../model/placeholders.ts';
import type { Scenario, Stage } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { formatDuration } from '../../model/units.ts';
import {
  MAX_MESSAGES_PER_SEC,
  MAX_SUBSCRIPTIONS,
  MAX_TOPIC_BYTES,
  MAX_TOPIC_SLASHES,
} from '../../platform/aliyun/limits.ts';
import { KNOWN_REGIONS } from '../target.ts';

/** The shortest `every` in whole milliseconds that is called within the platform's rate, by QoS: 33 ms for 30/s, 100 ms for 10/s. */
const MIN_EVERY_US = MAX_MESSAGES_PER_SEC.map((perSec) => Math.floor(1e3 / perSec) * 1e3);

export function checkStages(stages: readonly Stage[], complain: Complain): void {
  if (stages.length === 0) complain([], 'has no stage', 'write e.g. [{ duration: 4s, rate: 50/s }]');
  else if (createPacer(stages).starts === 0) complain([], 'makes no start', 'longer stages or a higher rate');
}

/** Rules over the whole, on a scenario that is sound in its parts. */
export function checkScenario(scenario: Scenario, complain: Complain): void {
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

/** What will probably not do what was meant. */
export function warnOfScenario(scenario: Scenario, devices: DeviceTable, warn: Complain): void {
  warnOfRates(scenario, warn);
  warnOfTopics(scenario, devices, warn);
  const { target } = scenario;
  if (target.kind === 'region' && !(KNOWN_REGIONS as readonly string[]).includes(target.region)) {
    warn(['target', 'region'], 'is not a region we know', suggestion(target.region, KNOWN_REGIONS));
  }
  const { starts } = createPacer(scenario.connect.stages);
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
