/** Rules of the platform that need nothing but their arguments: keepalive, and whose a topic is. */
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';

/** Code 3 is what was seen in the wild for a keepalive of 15 s (knolleary/pubsubclient#244); the documentation names no code. */
export const KEEPALIVE_RETURN_CODE = 3;

/** Outside of the range the platform refuses the CONNECT; 0, which in MQTT turns keepalive off, is outside as well. */
export function isKeepaliveAllowed(keepaliveSec: number): boolean {
  const [least, most] = ALIYUN_LIMITS.keepaliveSec;
  return keepaliveSec >= least && keepaliveSec <= most;
}

/** `/<productKey>/<deviceName>`: the part that makes a topic a device's own. */
export function topicPrefixOf(productKey: string, deviceName: string): string {
  return `/${productKey}/${deviceName}`;
}

/** What may stand before `/<productKey>/<deviceName>`: nothing (custom topics), or one of the system's families. */
const FAMILIES = new Set(['', '/sys', '/ext/ntp', '/ext/session', '/shadow/update', '/shadow/get']);
const OTA_FAMILY = /^\/ota\/device\/[^/+#]+$/;
/** The message id comes before the topic here, and custom RRPC topics need not name the device. */
const CUSTOM_RRPC = '/ext/rrpc/';

/** Holds for topics and for filters: a filter whose wildcard could reach another device is not the device's own. */
export function isOwnTopic(topic: string, topicPrefix: string): boolean {
  if (topic.startsWith(CUSTOM_RRPC)) return true;
  const at = topic.indexOf(topicPrefix);
  if (at === -1) return false;
  const end = at + topicPrefix.length;
  if (end < topic.length && topic[end] !== '/') return false;
  const family = topic.slice(0, at);
  return FAMILIES.has(family) || OTA_FAMILY.test(family);
}
