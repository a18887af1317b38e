/** Whom the stand-in refused, each device once for each of its mistakes, and why: bounded, so that a fleet that is turned away is a list of some and a count. */
import type { ConnectFields, Gate } from '../../platform/check.ts';
import type { Refusal } from './sign-in.ts';

/** Devices that are named of each reason. */
const MOST_PER_REASON = 20;
/** CONNECTs of one of these that are looked at: who is trying out comes with one mistake after the other. */
const MOST_PER_DEVICE = 10;
/** Characters of a name that are shown. */
const MOST_SHOWN = 96;

/** Nothing of it is secret. */
export interface RefusalNote {
  /** What it calls itself; '' where that cannot be told or is not to be shown. */
  device: string;
  /** `CONNACK 4`; `closed` or `unanswered` where it got none; `TLS handshake` where it came to no CONNECT. */
  code: string;
  reason: string;
  /** The mistake that it made, where that is known, in a sentence. */
  mistake?: string;
}

/** What there is to tell; `beyond` counts refusals of devices that are not named, by reason. */
export interface ToldRefusals {
  notes: RefusalNote[];
  beyond: Record<string, number>;
}

interface Refused {
  connect: ConnectFields;
  refusal: Refusal;
  device: NamedDevice;
}

interface NamedDevice {
  lookedAt: number;
  /** What was told of it, so that a fleet which tries again is not told of again. */
  readonly told: Set<string>;
}

export class Refusals {
  private readonly explain: Gate['explain'];
  /** Who is named already, by reason. */
  private readonly named = new Map<string, Map<string, NamedDevice>>();
  private readonly more = new Map<string, number>();
  private waiting: Refused[] = [];
  private ready: RefusalNote[] = [];
  private readonly handshakes = new Set<string>();
  /** Called when there is something to tell. */
  onRefused: (() => void) | undefined;

  constructor(explain: Gate['explain']) {
    this.explain = explain;
  }

  note(connect: ConnectFields, refusal: Refusal): void {
    const { reason } = refusal;
    const names = this.named.get(reason) ?? new Map<string, NamedDevice>();
    this.named.set(reason, names);
    const name = connect.username || connect.mqttClientId;
    const device = names.get(name) ?? { lookedAt: 0, told: new Set() };
    if (device.lookedAt === 0 && names.size >= MOST_PER_REASON) {
      this.more.set(reason, (this.more.get(reason) ?? 0) + 1);
      return;
    }
    if (device.lookedAt >= MOST_PER_DEVICE) return;
    device.lookedAt++;
    names.set(name, device);
    this.waiting.push({ connect, refusal, device });
    this.onRefused?.();
  }

  /** Who does not get through a TLS handshake has no name yet: told once for each reason, and counted. */
  noteHandshake(reason: string, mistake: string): void {
    if (this.handshakes.has(reason)) {
      this.more.set(reason, (this.more.get(reason) ?? 0) + 1);
      return;
    }
    this.handshakes.add(reason);
    this.ready.push({ device: '', code: 'TLS handshake', reason, ...(mistake !== '' && { mistake }) });
    this.onRefused?.();
  }

  /** Those that were refused since the last time. One after the other, with room for other work between: to explain may take long. */
  async take(): Promise<RefusalNote[]> {
    const notes = this.ready;
    this.ready = [];
    const refused = this.waiting;
    this.waiting = [];
    for (const each of refused) {
      const note = await this.noteOf(each);
      const mistake = note.mistake ?? '';
      if (!each.device.told.has(mistake)) notes.push(note);
      each.device.told.add(mistake);
      await new Promise(setImmediate);
    }
    return notes;
  }

  /** Refusals of devices beyond those that are named, by reason. */
  beyond(): ReadonlyMap<string, number> {
    return this.more;
  }

  private async noteOf({ connect, refusal }: Omit<Refused, 'device'>): Promise<RefusalNote> {
    const { reason } = refusal;
    const explained = await this.explain?.(connect, reason);
    return {
      device: shownName(explained?.device ?? connect.username, connect.password),
      code: codeOf(refusal),
      reason,
      ...(explained?.mistake === undefined ? {} : { mistake: explained.mistake }),
    };
  }
}

function codeOf(refusal: Refusal): string {
  if ('returnCode' in refusal) return `CONNACK ${refusal.returnCode}`;
  return refusal.unanswered === 'close' ? 'closed' : 'unanswered';
}

/** Fields may have been mixed up. */
function shownName(name: string, password: string): string {
  if (password !== '' && name.includes(password)) return '';
  return name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}…` : name;
}
