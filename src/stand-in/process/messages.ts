/** What the parent and the process of the stand-in say to each other. Node's `advanced` serialization carries it as it is. */

import type { SharedDevices } from '../../model/devices/device-table.ts';
import type { FaultCode } from '../../model/errors.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { ToldRefusals } from '../endpoint/refusals.ts';
import type { TruthStats } from '../endpoint/truth.ts';
import type { Ports } from '../listeners.ts';
import type { StandInSettings } from '../stand-in.ts';

/** Memory is not shared between processes: the table's bytes are copied once. */
export interface DeviceBytes {
  count: number;
  text: Uint8Array;
  offsets: Uint8Array;
}

export type ToChild =
  | { kind: 'start'; settings: Omit<StandInSettings, 'devices'>; devices: DeviceBytes }
  | { kind: 'counts'; id: number }
  | { kind: 'truth'; id: number }
  | { kind: 'refusals'; id: number }
  | { kind: 'close' };

export type FromChild =
  /** Given twice a second from the process's first moment on. */
  | { kind: 'alive' }
  | { kind: 'listening'; ports: Ports; httpPort?: number; ca?: string }
  | { kind: 'failed'; code: FaultCode; message: string; hint?: string }
  | { kind: 'counts'; id: number; counts: Counts }
  | { kind: 'truth'; id: number; truth: TruthStats }
  | { kind: 'refusals'; id: number; refusals: ToldRefusals };

export function bytesOf(devices: SharedDevices): DeviceBytes {
  const offsets = new Uint32Array(devices.offsets);
  // The text's memory may be longer than what was written to it.
  const text = new Uint8Array(devices.text, 0, offsets[offsets.length - 1] ?? 0);
  return { count: devices.count, text, offsets: new Uint8Array(devices.offsets) };
}

export function devicesOf(bytes: DeviceBytes): SharedDevices {
  return { count: bytes.count, text: sharedCopy(bytes.text), offsets: sharedCopy(bytes.offsets) };
}

function sharedCopy(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
