/**
 * The password is a plain hash over key, time, method and secret
 * (https://cloud.baidu.com/doc/IoTCore/s/Rk7omsf44, openLuat/LuatOS components/iotauth).
 */
import { hash } from 'node:crypto';

export const BAIDU_HASH = { MD5: 'md5', SHA256: 'sha256' } as const;
export type BaiduMethod = keyof typeof BAIDU_HASH;

/** `timestamp` is epoch in s; '0' where the user name has none. */
export function baiduPassword(
  deviceKey: string,
  timestamp: string,
  method: BaiduMethod,
  secret: string,
): string {
  return hash(BAIDU_HASH[method], `${deviceKey}&${timestamp}&${method}${secret}`, 'hex');
}
