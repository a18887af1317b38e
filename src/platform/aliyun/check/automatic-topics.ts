/**
 * What the platform subscribes for a device that says `_ss=1` in its client id: the C Link SDKs never subscribe to a topic of the system
 * themselves [automatic, sdk].
 */
import type { AutomaticTopics } from '../../check.ts';
import { parseClientId } from '../signing/client-id.ts';

/** Below `/sys/<productKey>/<deviceName>`. */
const SYSTEM = [
  '/thing/model/down_raw',
  '/thing/model/up_raw_reply',
  '/thing/event/+/post_reply',
  '/thing/event/property/history/post_reply',
  // Not on the page; the SDK waits for it without a SUBSCRIBE [sdk].
  '/thing/event/property/batch/post_reply',
  '/thing/deviceinfo/update_reply',
  '/thing/deviceinfo/delete_reply',
  '/thing/dynamicTsl/get_reply',
  '/thing/dsltemplate/get_reply',
  '/rrpc/request/+',
  '/thing/service/property/set',
  '/thing/service/property/get',
  '/thing/service/+',
  '/thing/gateway/permit',
  '/thing/topo/change',
  '/thing/topo/add_reply',
  '/thing/topo/delete_reply',
  '/thing/topo/get_reply',
  '/thing/sub/register_reply',
  '/thing/sub/unregister_reply',
  '/thing/disable_reply',
  '/thing/config/push',
  '/thing/config/get_reply',
  '/thing/config/log/push',
  '/thing/config/log/get_reply',
  '/thing/property/desired/get_reply',
  '/thing/property/desired/delete_reply',
  '/thing/ota/firmware/get_reply',
  '/thing/job/notify',
  '/thing/job/get_reply',
  '/thing/job/update_reply',
  '/thing/reset_reply',
  '/thing/bootstrap/config/push',
  '/thing/proxy/provisioning/product_register_reply',
  '/thing/lan/#',
  '/thing/awss/#',
  '/thing/cipher/get_reply',
  '/_thing/event/notify',
  '/_thing/service/post_reply',
];

/** Before `/<productKey>/<deviceName>`, and behind it. Of those of `/ext` the SDK makes use without a SUBSCRIBE [sdk]. */
const OTHERS: readonly (readonly [before: string, behind: string])[] = [
  ['/ota/device/upgrade', ''],
  ['/ota/device/request', ''],
  ['/shadow/get', ''],
  ['/ext/ntp', '/response'],
  ['/ext/session', '/combine/login_reply'],
  ['/ext/session', '/combine/batch_login_reply'],
];

/** One look at a topic, in place of forty filters for each of ten thousands of devices. */
const SYSTEM_TOPIC = new RegExp(`^(?:${SYSTEM.map(patternOf).join('|')})$`);
const OTHER_TOPICS: ReadonlySet<string> = new Set(OTHERS.map((parts) => parts.join('')));

function patternOf(filter: string): string {
  return filter.replace('+', '[^/]+').replace('#', '.+');
}

const SWITCH = '_ss';

export const AUTOMATIC: AutomaticTopics = {
  isAsked(mqttClientId) {
    if (!mqttClientId.includes(SWITCH)) return false;
    const id = parseClientId(mqttClientId);
    return id.ok && id.params.get(SWITCH) === '1';
  },
  includes(topic, topicPrefix) {
    if (!topic.startsWith('/sys')) return OTHER_TOPICS.has(topic.replace(topicPrefix, ''));
    return topic.startsWith(topicPrefix, 4) && SYSTEM_TOPIC.test(topic.slice(4 + topicPrefix.length));
  },
  filters: (topicPrefix) => [
    ...SYSTEM.map((filter) => `/sys${topicPrefix}${filter}`),
    ...OTHERS.map((parts) => parts.join(topicPrefix)),
  ],
};
