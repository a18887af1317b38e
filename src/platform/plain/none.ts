/** Neither user name nor password: for brokers that let everybody in. */
import type { LoginMethod } from '../login-method.ts';

export const none = {
  name: 'none',
  settings: async () => ({ shape: {} }),
  names: ['deviceName'],
  nameFrom: ['clientId'],
  columns: [],
  word: () => 'no login',
  prepare:
    () =>
    ({ clientId }) => ({ mqttClientId: clientId, username: undefined, password: undefined }),
} satisfies LoginMethod;
