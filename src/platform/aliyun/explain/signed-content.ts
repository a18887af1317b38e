/** The signing rule in its general form. Logins use contentOf of credentials.ts, the same rule written out for speed. */

/**
 * For each parameter that is submitted, in dictionary order, the name and then the value, with no delimiters. An undefined parameter is
 * not submitted. A login, over MQTT or HTTPS, submits clientId, deviceName, productKey and timestamp; a dynamic registration submits
 * deviceName, productKey and random, and is signed with the ProductSecret.
 */
export function contentOfParams(params: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}${value}`)
    .join('');
}
