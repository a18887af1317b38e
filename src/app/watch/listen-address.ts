/** Where Prometheus may ask, and how long it may take over it at the end. */

export interface ListenAddress {
  host: string;
  /** A port of this machine; 0 for any free one. */
  port: number;
}

/** How long Prometheus is waited for where nothing is said, in µs. */
export const LINGER_US = 3e6;

/** The address in a text, undefined where there is none: `127.0.0.1:9464`, `localhost:0`, `[::1]:9464`. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match && port <= 65_535 ? { host: (match[1] ?? match[2])!, port } : undefined;
}
