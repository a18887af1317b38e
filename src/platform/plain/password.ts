/** User name and password as a list gives them, or as the scenario gives them to all devices alike. */
import { SCHEMES } from '../../model/scenario.ts';
import type { LoginMethod } from '../login-method.ts';

/** The columns by their place in the table. */
export const PASSWORD = 0;
export const USERNAME = 1;

export const password = {
  name: 'password',
  settings: () => import('./password-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId', 'username'],
  columns: [
    { name: 'password', isSecret: true, aliases: ['passwd', '密码'], otherNames: ['pass', 'pwd', '口令'] },
    { name: 'username', isSecret: false, aliases: ['用户名'], otherNames: ['user', 'login', '用户'] },
  ],
  addressIn: (value) => {
    const host = value('mqttHostUrl');
    const port = value('port') === '' ? SCHEMES.mqtt.port : Number(value('port'));
    const protocol = port === SCHEMES.mqtts.port || port === SCHEMES.wss.port ? 'mqtts' : 'mqtt';
    return host === '' ? undefined : { kind: 'url', protocol, host, port, path: '' };
  },
  word: () => 'password',
  prepare:
    (_settings, devices) =>
    ({ clientId }, row) => ({
      mqttClientId: clientId,
      username: devices.loginColumn(row, USERNAME),
      password: devices.loginColumn(row, PASSWORD),
    }),
} satisfies LoginMethod;
