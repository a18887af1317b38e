/** What the stand-in lets in as a plain broker: who has an account of the list, under any client id; who has a token; or everybody. */
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { brokerRules, rowByClientId, WRONG_PASSWORD } from '../broker-rules.ts';
import type { Check, CheckVerdict, ConnectFields } from '../check.ts';
import { isJwt } from './jwt/jwt.ts';
import { tokenCheck } from './jwt/token-check.ts';
import { PASSWORD, password, USERNAME } from './password.ts';

export const STAND_IN_BROKER = brokerRules((devices, auth) => {
  const enter = entrance();
  if (auth === undefined || auth.method === password.name) return accountCheck(devices, enter);
  return isJwt(auth) ? tokenCheck(auth, devices, enter) : enter;
});

/** Lets everybody in. A broker knows its clients by their client id, and gives one to who comes without [MQTT-3.1.3-6]. */
function entrance(): Check {
  let nameless = 0;
  return ({ mqttClientId }): CheckVerdict => ({
    ok: true,
    productKey: '',
    deviceName: mqttClientId || `(nameless ${++nameless})`,
  });
}

function accountCheck(devices: DeviceTable, enter: Check): Check {
  const rowOf = rowByClientId(devices);
  const isOfRow = ({ username, password }: ConnectFields, row: number): boolean =>
    username === devices.loginColumn(row, USERNAME) && password === devices.loginColumn(row, PASSWORD);
  /** Made when the first comes whose client id is no row's, or whose account is another row's. */
  let accounts: Set<string> | undefined;
  return (connect) => {
    const row = rowOf(connect.mqttClientId);
    if (row !== -1 && isOfRow(connect, row)) return enter(connect);
    accounts ??= accountsOf(devices);
    return accounts.has(accountOf(connect.username, connect.password)) ? enter(connect) : WRONG_PASSWORD;
  };
}

function accountsOf(devices: DeviceTable): Set<string> {
  const accounts = new Set<string>();
  for (let row = 0; row < devices.count; row++)
    accounts.add(accountOf(devices.loginColumn(row, USERNAME), devices.loginColumn(row, PASSWORD)));
  return accounts;
}

/** A list has no control characters: no two accounts are one text. */
function accountOf(username: string, password: string): string {
  return `${username}\n${password}`;
}
