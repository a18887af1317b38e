/**
 * The platform's limits as it documents them. Many of the numbers are of 2019 and may have moved since: a scenario that goes beyond those
 * is warned of and not refused, and the stand-in keeps to them on request only.
 */

export const MIN_KEEPALIVE_SEC = 30;
export const MAX_KEEPALIVE_SEC = 1200;
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Per account: connects, and uplink at any QoS. */
export const MAX_CONNECTS_PER_SEC = 500;
export const MAX_ACCOUNT_MESSAGES_PER_SEC = 10_000;
/** Of a public instance opened from 2021-07-30 on. */
export const MAX_NEW_INSTANCE_DEVICES = 500;
/** Per device. */
export const MAX_CONNECTS_PER_MINUTE = 5;
/** Uplink per device, by QoS. */
export const MAX_MESSAGES_PER_SEC = [30, 10] as const;
/** Per device. */
export const MAX_SUBSCRIPTIONS = 100;
export const MAX_TOPICS_PER_SUBSCRIBE = 8;
export const MAX_TOPIC_BYTES = 128;
export const MAX_TOPIC_SLASHES = 7;
