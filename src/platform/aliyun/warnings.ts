/** What the platform will not do as a scenario means it, by the limits that it documents. Pure. */
import type { Complain } from '../../input/fields.ts';
import { suggestion } from '../../input/nearest.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { fastestOf, isFlatOut, messagesPerSec } from '../../model/pace.ts';
import { fillPlaceholders, placeholdersIn } from '../../model/placeholders.ts';
import type { Scenario } from '../../model/scenario.ts';
import { formatDuration } from '../../model/units.ts';
import { ALIYUN_LIMITS, MAX_TOPIC_BYTES, MAX_TOPIC_SLASHES } from './limits.ts';
import { isHmac } from './login/hmac.ts';
import { freePartTemplate } from './signing/client-id-form.ts';

/** Region ids of the platform [endpoints], some of them for enterprise instances only. New ones may come. */
const KNOWN_REGIONS = [
  'cn-shanghai',
  'cn-beijing',
  'cn-shenzhen',
  'ap-southeast-1',
  'ap-northeast-1',
  'us-west-1',
  'us-east-1',
  'eu-central-1',
];

/** The shortest `every` in whole milliseconds that is called within the platform's rate, by QoS: 33 ms for 30/s, 100 ms for 10/s. */
const MIN_EVERY_US = ALIYUN_LIMITS.messagesPerSec.map((perSec) => Math.floor(1e3 / perSec) * 1e3);

export function warnOf(scenario: Scenario, devices: DeviceTable, warn: Complain): void {
  warnOfRates(scenario, warn);
  warnOfTopics(scenario, devices, warn);
  warnOfOtherClientIds(scenario, warn);
  const { target } = scenario;
  if (target.kind === 'region' && !KNOWN_REGIONS.includes(target.region)) {
    warn(['target', 'region'], 'is not a region we know', suggestion(target.region, KNOWN_REGIONS));
  }
  warnOfAccount(scenario, devices.count, warn);
}

function warnOfRates(scenario: Scenario, warn: Complain): void {
  const perSec = [0, 0];
  for (const [at, { qos, everyUs }] of scenario.publish.entries()) {
    // Nobody takes that for what the platform lets through; where it is the target, warnOfAccount speaks of it.
    if (isFlatOut({ everyUs })) continue;
    const mostPerSec = 1e6 / MIN_EVERY_US[qos]!;
    const before = perSec[qos]!;
    perSec[qos] = before + 1e6 / everyUs;
    // Said once per QoS, at the entry that crosses the line.
    if (before > mostPerSec + 1e-9 || perSec[qos]! <= mostPerSec + 1e-9) continue;
    const every = formatDuration(everyUs);
    warn(
      ['publish', at, 'every'],
      `is beyond the platform's ${ALIYUN_LIMITS.messagesPerSec[qos]}/s per device at QoS ${qos}`,
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

/** What a scenario calls `${clientId}` is of the list. */
function warnOfOtherClientIds({ auth, subscribe, publish }: Scenario, warn: Complain): void {
  if (!isHmac(auth) || freePartTemplate(auth) === undefined) return;
  const check = (path: readonly PropertyKey[], template = ''): void => {
    if (placeholdersIn(template).includes('clientId'))
      warn(
        path,
        'has ${clientId}',
        'which is the list’s, or <productKey>.<deviceName>, and not that of `auth`',
      );
  };
  for (const [at, { topic }] of subscribe.entries()) check(['subscribe', at, 'topic'], topic);
  for (const [at, { topic, reply, payload }] of publish.entries()) {
    check(['publish', at, 'topic'], topic);
    check(['publish', at, 'reply'], reply);
    if (payload.kind === 'template') check(['publish', at, 'payload', 'template'], payload.template);
  }
}

/** Warns of the platform as a target only: a private broker has its own limits. */
function warnOfAccount(scenario: Scenario, devices: number, warn: Complain): void {
  const { target, connect, reconnect } = scenario;
  if (target.kind !== 'region' && target.kind !== 'instance') return;
  if (fastestOf(connect.stages) > ALIYUN_LIMITS.accountConnectsPerSec) {
    warn(
      ['connect', 'stages'],
      `goes beyond the platform's ${ALIYUN_LIMITS.accountConnectsPerSec} connects/s per account`,
    );
  }
  for (const [path, policy] of [
    [['connect', 'retry'], connect.retry] as const,
    [['reconnect'], reconnect] as const,
  ]) {
    if (policy === undefined || policy.perMinute <= ALIYUN_LIMITS.connectsPerMinute) continue;
    const most = `the platform's ${ALIYUN_LIMITS.connectsPerMinute} connects a minute per device`;
    warn([...path, 'perMinute'], `goes beyond ${most}`);
  }
  const perSec = messagesPerSec(scenario.publish, devices);
  if (perSec > ALIYUN_LIMITS.accountMessagesPerSec) {
    const most = `the platform took ${ALIYUN_LIMITS.accountMessagesPerSec}/s per account in 2019`;
    if (Number.isFinite(perSec)) {
      warn(['publish'], `sends ${Math.round(perSec)} messages/s from all devices together`, most);
    } else {
      const [qos0, qos1] = ALIYUN_LIMITS.messagesPerSec;
      const each = `${qos0}/s (QoS 0) or ${qos1}/s (QoS 1) of a device, and drops the rest silently`;
      warn(['publish'], 'sends as many messages as it can', `${most}, and takes ${each}`);
    }
  }
  if (target.kind === 'instance' && devices > ALIYUN_LIMITS.newInstanceDevices) {
    const most = `a new public instance has room for ${ALIYUN_LIMITS.newInstanceDevices}, an enterprise instance for what was bought`;
    warn(['devices'], `are ${devices}`, most);
  }
}
