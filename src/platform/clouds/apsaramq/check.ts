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
import { ACCESS_KEY_ID, ACCESS_KEY_SECRET, apsaraPassword } from './signature.ts';

const USERNAME = /^(Signature|DeviceCredential)\|([^|]+)\|([^|]+)$/;
const CLIENT_ID = /^[\w-]+@@@([\w-]+)$/;
const MOST_CLIENT_ID = 64;
const COLUMNS_OF_ONE = 2;

/** What is accepted by which way to sign in; a module of the user's may sign either way, its columns being those of both. */
const KIND_OF_METHOD: Readonly<Record<string, string>> = {
  signature: 'Signature',
  'device-credential': 'DeviceCredential',
};

export const APSARA_STAND_IN = brokerRules((devices, auth) => {
  const onlyKind = KIND_OF_METHOD[auth?.method ?? 'signature'];
  const byName = rowByDeviceName(devices);
  const byClientId = rowByClientId(devices);
  return ({ mqttClientId, username, password }) => {
    const [, deviceId] = CLIENT_ID.exec(mqttClientId) ?? [];
    if (deviceId === undefined || mqttClientId.length > MOST_CLIENT_ID) return MALFORMED_CLIENT_ID;
    const [, kind, accessKeyId] = USERNAME.exec(username) ?? [];
    if (accessKeyId === undefined) return MALFORMED_USERNAME;
    if (onlyKind !== undefined && kind !== onlyKind) return WRONG_PASSWORD;
    const whole = byClientId(mqttClientId);
    const row = whole === -1 ? byName(deviceId) : whole;
    if (row === -1) return UNKNOWN_DEVICE;
    const from = onlyKind === undefined && kind === 'DeviceCredential' ? COLUMNS_OF_ONE : 0;
    if (accessKeyId !== devices.loginColumn(row, from + ACCESS_KEY_ID)) return WRONG_PASSWORD;
    const secret = devices.loginColumn(row, from + ACCESS_KEY_SECRET);
    const isRight = password === apsaraPassword(secret, mqttClientId);
    return isRight ? letIn(devices, row) : WRONG_PASSWORD;
  };
});
