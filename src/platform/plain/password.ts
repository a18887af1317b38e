/** User name and password as a list gives them, or as the scenario gives them to all devices alike. */
import type { LoginMethod } from '../platform.ts';

/** The columns by their place in the table. */
export const PASSWORD = 0;
export const USERNAME = 1;

export const password = {
  name: 'password',
  settings: () => import('./password-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId', 'username'],
  columns: [
    { name: 'password', isSecret: true, otherNames: ['passwd', 'pass', 'pwd', '密码', '口令'] },
    { name: 'username', isSecret: false, otherNames: ['user', 'login', '用户名', '用户'] },
  ],
  word: () => 'password',
  prepare:
    (_settings, devices) =>
    ({ clientId }, row) => ({
      mqttClientId: clientId,
      username: devices.loginColumn(row, USERNAME),
      password: devices.loginColumn(row, PASSWORD),
    }),
} satisfies LoginMethod;
