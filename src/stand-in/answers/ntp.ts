/** The time of the cloud, for devices without a clock: now = (serverRecvTime + serverSendTime + deviceRecvTime - deviceSendTime) / 2 [ntp]. */
import { isMap, parseObject } from './outcome.ts';

/** Times are texts. Undefined for what is no question of this kind, which has no form of an error. */
export function ntpAnswer(payload: string, epochMs: number): string | undefined {
  const request = parseObject(payload);
  const deviceSendTime = isMap(request) ? request.deviceSendTime : undefined;
  if (typeof deviceSendTime !== 'string' && typeof deviceSendTime !== 'number') return undefined;
  const now = String(epochMs);
  return JSON.stringify({ deviceSendTime: String(deviceSendTime), serverRecvTime: now, serverSendTime: now });
}
