/**
 * What the devices of own-signing.yaml send in CONNECT. `device` has the names and columns of its row in the list, `now` is the epoch in ms;
 * a promise would do as well. It is called in the worker, for each connect.
 */
import { createHmac } from 'node:crypto';

const KEY = process.env.SIGNING_KEY ?? 'a key for trying out';

export function sign({ deviceName, clientId }, now) {
  const until = Math.floor(now / 1000) + 3600;
  const signature = createHmac('sha256', KEY).update(`${deviceName}.${until}`).digest('base64url');
  return { clientId, username: `${deviceName}.${until}`, password: signature };
}
