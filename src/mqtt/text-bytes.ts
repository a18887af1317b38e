/** Text as MQTT writes it (MQTT 3.1.1, 1.5.3), which is mostly ASCII: how many bytes it takes, and writing it without a call into C++. */

/** Returns how many characters it wrote: fewer than there are where one is not ASCII. Calls into C++ would cost several times as much. */
export function writeAscii(bytes: Buffer, text: string, from: number): number {
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) break;
    bytes[from + at] = code;
  }
  return at;
}

/** Bytes of a string as MQTT writes it: two of length before it [MQTT 3.1.1, 1.5.3]. */
export function stringBytes(text: string): number {
  return 2 + utf8Length(text);
}

/** Bytes of a string that need not be there. */
export function optionalBytes(text: string | undefined): number {
  return text === undefined ? 0 : stringBytes(text);
}

/** Bytes of text that is mostly ASCII: for that it needs no call into C++. */
export function utf8Length(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return Buffer.byteLength(text);
  }
  return text.length;
}
