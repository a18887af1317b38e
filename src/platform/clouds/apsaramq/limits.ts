/** What ApsaraMQ documents of itself (https://help.aliyun.com/document_detail/63620.html); connections and rates are bought. */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import type { PlatformLimits } from '../../platform.ts';

export const APSARA_LIMITS = {
  ...BROKER_LIMITS,
  /** Of the whole, `<GroupId>@@@<DeviceId>`. */
  clientIdCharacters: 64,
  messageBytes: 64 * 1024,
  subscriptions: 30,
} as const satisfies PlatformLimits;
