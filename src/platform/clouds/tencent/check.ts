/** Whom the stand-in lets in as Tencent Cloud would: the password must fit the user name, and that must not be out of date. */
import {
  brokerRules,
  EXPIRED,
  letIn,
  MALFORMED_CLIENT_ID,
  MALFORMED_USERNAME,
  rowByJoinedNames,
  UNKNOWN_DEVICE,
  WRONG_PASSWORD,
} from '../../broker-rules.ts';
import { bytesOfBase64, epochSec } from '../names.ts';
import { TENCENT_HASH, type TencentSignmethod, tencentPassword } from './password.ts';

export const TENCENT_STAND_IN = brokerRules((devices) => {
  const rowOf = rowByJoinedNames(devices);
  return ({ mqttClientId, username, password }) => {
    const [id, appId, connectionId, expiry = '', ...more] = username.split(';');
    if (!appId || !connectionId || !/^\d+$/.test(expiry) || more.length > 0) return MALFORMED_USERNAME;
    if (id !== mqttClientId) return MALFORMED_CLIENT_ID;
    const row = rowOf(mqttClientId);
    if (row === -1) return UNKNOWN_DEVICE;
    const signmethod = password.split(';')[1];
    if (!isSignmethod(signmethod)) return WRONG_PASSWORD;
    const right = tencentPassword(username, bytesOfBase64(devices.secret(row)), signmethod);
    if (password !== right) return WRONG_PASSWORD;
    return Number(expiry) < epochSec(Date.now()) ? EXPIRED : letIn(devices, row);
  };
});

function isSignmethod(name: string | undefined): name is TencentSignmethod {
  return name !== undefined && Object.hasOwn(TENCENT_HASH, name);
}
