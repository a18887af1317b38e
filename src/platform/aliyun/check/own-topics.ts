/** Whose a topic is. */

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

/** What the cloud says to all devices of a product, or to one of what it did wrong, devices only hear [sdk]. */
export function isHeardTopic(filter: string, topicPrefix: string): boolean {
  const product = topicPrefix.slice(0, topicPrefix.indexOf('/', 1));
  return filter.startsWith(`/broadcast${product}/`) || filter === `/ext/error${topicPrefix}`;
}
