/** Where Prometheus may ask, and how long it may take over it at the end, as the flags say it. */
import { parseDurationUs } from '../../model/units.ts';

export interface PrometheusFlags {
  prometheus?: string;
  prometheusLinger?: string;
}

export interface ListenAddress {
  host: string;
  /** 0 for any free one. */
  port: number;
}

export const LINGER = '3s';

/** `127.0.0.1:9464`, `localhost:0`, `[::1]:9464`. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match && port <= 65_535 ? { host: (match[1] ?? match[2])!, port } : undefined;
}

/** Of flags that passed the check. */
export function lingerMsOf({ prometheusLinger = LINGER }: PrometheusFlags): number {
  return parseDurationUs(prometheusLinger)! / 1e3;
}
