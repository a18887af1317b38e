/**
 * The platform's limits as it documents them [limits, instances, connect]. Many of the numbers are of 2019 and may have moved since: a
 * scenario that goes beyond those is warned of and not refused, and the stand-in keeps to them on request only.
 */
import type { PlatformLimits } from '../platform.ts';

export const ALIYUN_LIMITS = {
  keepaliveSec: [30, 1200],
  clientIdCharacters: 64,
  messageBytes: 256 * 1024,
  subscriptions: 100,
  topicsPerSubscribe: 8,
  connectsPerMinute: 5,
  messagesPerSec: [30, 10],
  accountConnectsPerSec: 500,
  accountMessagesPerSec: 10_000,
  newInstanceDevices: 500,
} as const satisfies PlatformLimits;

export const MAX_TOPIC_BYTES = 128;
export const MAX_TOPIC_SLASHES = 7;
