/** What another protocol than MQTT begins with, where a port was mistaken for another. */

const HTTP = Buffer.from('HTTP/');
/** The first bytes of a TLS alert: what a TLS port says to a CONNECT. */
const TLS_ALERT = Buffer.from([0x15, 0x03]);

/** `bytes[at …]` are no MQTT. Empty where they are none of those we know either. */
export function foreignProtocol(bytes: Buffer, at: number): '' | 'HTTP' | 'TLS' {
  const begins = (mark: Buffer): boolean => bytes.subarray(at, at + mark.length).equals(mark);
  if (begins(HTTP)) return 'HTTP';
  return begins(TLS_ALERT) ? 'TLS' : '';
}
