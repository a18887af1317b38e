/**
 * The password is an HMAC of the client id, with the key of an account or of one device, and the user name says which of the two
 * (https://help.aliyun.com/document_detail/48271.html).
 */
import { createHmac } from 'node:crypto';
import type { DeviceTable, Identity } from '../../../model/devices/device-table.ts';
import { generatedSecret } from '../../../model/devices/generated-devices.ts';
import type { Auth } from '../../../model/scenario.ts';
import type { Credentials } from '../../login.ts';
import type { LoginMethod } from '../../login-method.ts';

export interface ApsaraSettings extends Auth {
  instanceId: string;
  groupId: string;
}

/** The columns of both ways, by their place in the table. */
export const ACCESS_KEY_SECRET = 0;
export const ACCESS_KEY_ID = 1;

export function apsaraPassword(accessKeySecret: string | Buffer, mqttClientId: string): string {
  return createHmac('sha1', accessKeySecret).update(mqttClientId).digest('base64');
}

/** `<GroupId>@@@<DeviceId>`, which a list may give as a whole. */
function clientIdOf({ clientId, deviceName }: Identity, groupId: string): string {
  return clientId.includes('@@@') ? clientId : `${groupId}@@@${deviceName}`;
}

function credentialsFor(
  kind: string,
  { instanceId, groupId }: ApsaraSettings,
  devices: DeviceTable,
  device: Identity,
  row: number,
): Credentials {
  const mqttClientId = clientIdOf(device, groupId);
  return {
    mqttClientId,
    username: `${kind}|${devices.loginColumn(row, ACCESS_KEY_ID)}|${instanceId}`,
    password: apsaraPassword(devices.secret(row), mqttClientId),
  };
}

const COMMON = {
  settings: () => import('./signature-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId'],
} as const;

/** With the AccessKey of an account, which all devices share. */
export const apsaraSignature = {
  ...COMMON,
  name: 'signature',
  columns: [
    {
      name: 'accessKeySecret',
      isSecret: true,
      otherNames: ['secret', 'secretkey', 'accesssecret'],
      generated: generatedSecret,
    },
    { name: 'accessKeyId', isSecret: false, otherNames: ['accesskey', 'ak'], generated: () => 'generated' },
  ],
  word: () => 'Signature',
  prepare: (settings, devices) => (device, row) =>
    credentialsFor('Signature', settings, devices, device, row),
} satisfies LoginMethod<ApsaraSettings>;

/** With a key that the platform gave to this device. */
export const apsaraDeviceCredential = {
  ...COMMON,
  settings: () => import('./device-credential-settings.ts'),
  name: 'device-credential',
  columns: [
    {
      name: 'deviceAccessKeySecret',
      isSecret: true,
      otherNames: ['secret', 'accesskeysecret', 'devicesecret'],
      generated: generatedSecret,
    },
    {
      name: 'deviceAccessKeyId',
      isSecret: false,
      otherNames: ['accesskeyid', 'accesskey'],
      generated: (_productKey: string, deviceName: string) => `DC.${deviceName}`,
    },
  ],
  word: () => 'DeviceCredential',
  prepare: (settings, devices) => (device, row) =>
    credentialsFor('DeviceCredential', settings, devices, device, row),
} satisfies LoginMethod<ApsaraSettings>;
