/** Whom the stand-in lets in as ApsaraMQ would. Any instance is its own. */
import {
  brokerRules,
  letIn,
  MALFORMED_CLIENT_ID,
  MALFORMED_USERNAME,
  rowByClientId,
  rowByDeviceName,
  UNKNOWN_DEVICE,
  WRONG_PASSWORD,
} from '../../broker-rules.ts';
import { ACCESS_KEY_ID, apsaraPassword } from './signature.ts';

const USERNAME = /^(Signature|DeviceCredential)\|([^|]+)\|([^|]+)$/;
const CLIENT_ID = /^[\w-]+@@@([\w-]+)$/;
const MOST_CLIENT_ID = 64;

export const APSARA_STAND_IN = brokerRules((devices) => {
  const byName = rowByDeviceName(devices);
  const byClientId = rowByClientId(devices);
  return ({ mqttClientId, username, password }) => {
    const [, deviceId] = CLIENT_ID.exec(mqttClientId) ?? [];
    if (deviceId === undefined || mqttClientId.length > MOST_CLIENT_ID) return MALFORMED_CLIENT_ID;
    const [, , accessKeyId] = USERNAME.exec(username) ?? [];
    if (accessKeyId === undefined) return MALFORMED_USERNAME;
    const whole = byClientId(mqttClientId);
    const row = whole === -1 ? byName(deviceId) : whole;
    if (row === -1) return UNKNOWN_DEVICE;
    if (accessKeyId !== devices.loginColumn(row, ACCESS_KEY_ID)) return WRONG_PASSWORD;
    const isRight = password === apsaraPassword(devices.secret(row), mqttClientId);
    return isRight ? letIn(devices, row) : WRONG_PASSWORD;
  };
});
