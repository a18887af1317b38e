/**
 * What of one device outlives its connection, where sessions are kept: its subscriptions, and the messages that wait for their PUBACK, which
 * it sends again when it is back [MQTT-4.4.0-1].
 */
import type { Connection } from '../../client/connection.ts';
import type { Recorder } from '../../metrics/recorder.ts';

interface KeptMessage {
  packetId: number;
  topic: string;
  payload: string | Buffer;
}

export interface SessionHolder {
  /** A message that waits may not be sent again: the server takes less than it did. */
  forbidden(packetId: number, connection: Connection): void;
}

export class DeviceSession {
  /** Whether all its subscriptions have had their SUBACK. What a session of before this run has, nobody knows. */
  isSubscribed = false;
  private readonly owner: SessionHolder;
  private readonly recorder: Recorder;
  /** In the order of their sending, in which they must be sent again [MQTT-4.6.0-1]. */
  private readonly messages = new Map<number, KeptMessage>();
  /** Those that are still to be sent again, the last first; the server takes so many at once. */
  private waiting: KeptMessage[] = [];
  /** Where they go. */
  private connection: Connection | undefined = undefined;

  constructor(owner: SessionHolder, recorder: Recorder) {
    this.owner = owner;
    this.recorder = recorder;
  }

  /** The payload may be written over once this has returned. */
  keep(packetId: number, topic: string, payload: string | Buffer): void {
    const kept = typeof payload === 'string' ? payload : Buffer.from(payload);
    this.messages.set(packetId, { packetId, topic, payload: kept });
  }

  acknowledged(packetId: number): void {
    this.messages.delete(packetId);
    if (this.waiting.length > 0) this.resend(1);
  }

  /** The server has kept it too: what waits goes out again, before anything else. */
  resumed(connection: Connection): void {
    this.connection = connection;
    this.waiting = [...this.messages.values()].reverse();
    this.resend(connection.limits.receiveMaximum);
  }

  private resend(most: number): void {
    let left = most;
    while (this.waiting.length > 0 && left > 0) {
      const { packetId, topic, payload } = this.waiting.pop()!;
      if (this.connection!.resend(packetId, topic, payload)) {
        this.recorder.counters.messages_resent++;
        left--;
      } else {
        this.messages.delete(packetId);
        this.owner.forbidden(packetId, this.connection!);
      }
    }
  }

  broke(): void {
    this.connection = undefined;
    this.waiting = [];
  }

  /** Nothing of it is left. */
  forget(): void {
    this.broke();
    this.messages.clear();
    this.isSubscribed = false;
  }
}
