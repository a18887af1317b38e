/** The user name of a CONNECT: which device it is. */

/** `<deviceName>&<productKey>`; neither may hold an `&`, so that there is one way to read it. */
export function parseUsername(username: string): { deviceName: string; productKey: string } | undefined {
  const [deviceName, productKey, ...more] = username.split('&');
  return deviceName && productKey && more.length === 0 ? { deviceName, productKey } : undefined;
}
