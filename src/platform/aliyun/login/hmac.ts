/** Direct login: the password is an HMAC over the device's names, made on the spot. */

import type { Complain } from '../../../input/fields.ts';
import type { DeviceTable } from '../../../model/devices/device-table.ts';
import { generatedSecret } from '../../../model/devices/generated-devices.ts';
import type { Auth, Signmethod, Timestamp } from '../../../model/scenario.ts';
import type { Login } from '../../login.ts';
import type { LoginMethod } from '../../login-method.ts';
import { securemodeOf } from '../endpoint.ts';
import { ALIYUN_LIMITS } from '../limits.ts';
import {
  type ClientIdSettings,
  clientIdForm,
  formedCredentials,
  freePartTemplate,
  isUsualForm,
} from '../signing/client-id-form.ts';
import { credentialsOf, timestampText } from '../signing/credentials.ts';
import { tooLongFreeParts } from '../signing/free-part.ts';

export interface HmacSettings extends Auth, ClientIdSettings {
  method: 'hmac';
  signmethod: Signmethod;
  timestamp: Timestamp;
}

export const hmac = {
  name: 'hmac',
  settings: () => import('./hmac-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [
    {
      name: 'deviceSecret',
      isSecret: true,
      aliases: ['设备密钥', '设备证书'],
      otherNames: ['设备秘钥', '密钥', '秘钥', 'secret', 'ds'],
      generated: generatedSecret,
    },
  ],
  word: ({ signmethod }) => signmethod,
  prepare: (settings, devices) =>
    isUsualForm(settings) ? usualLogin(settings, devices) : formedLogin(settings, devices),
  checkDevices,
} satisfies LoginMethod<HmacSettings>;

function usualLogin({ signmethod, timestamp }: HmacSettings, devices: DeviceTable): Login {
  return (device, row, { protocol }, epochMs) =>
    credentialsOf(
      device,
      devices.secret(row),
      signmethod,
      securemodeOf(protocol),
      timestampText(timestamp, epochMs),
    );
}

function formedLogin(settings: HmacSettings, devices: DeviceTable): Login {
  const { signmethod, timestamp } = settings;
  const form = clientIdForm(settings, signmethod, timestamp !== 'omit');
  const { freePart } = form;
  return (device, row, { protocol }, epochMs) =>
    formedCredentials(
      form,
      device,
      freePart === undefined ? device.clientId : devices.listedClientId(row) || freePart(device),
      devices.secret(row),
      securemodeOf(protocol),
      timestampText(timestamp, epochMs),
    );
}

function checkDevices(settings: HmacSettings, devices: DeviceTable, complain: Complain): void {
  const template = freePartTemplate(settings);
  if (template === undefined) return;
  const most = ALIYUN_LIMITS.clientIdCharacters;
  const { count, longest } = tooLongFreeParts(template, devices, most);
  if (count === 0) return;
  const path = [settings.clientId === undefined ? 'sdk' : 'clientId'];
  complain(
    path,
    `makes client ids of up to ${longest} characters`,
    `the platform takes ${most}; too long for ${count} of ${devices.count} devices`,
  );
}

export function isHmac(auth: Auth): auth is HmacSettings {
  return auth.method === hmac.name;
}
