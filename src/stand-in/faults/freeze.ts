/**
 * A broker that is stuck: it takes connections and reads what devices send, and answers nothing until it thaws. Writes are held by
 * Node's own cork, under the packets: CONNACK, SUBACK, PUBACK and PINGRESP alike, in their order. TLS and WebSocket handshakes are not
 * MQTT and go on.
 */
import type { Duplex } from 'node:stream';

export class Freeze {
  private readonly streams = new Set<Duplex>();
  /** Freezes may overlap. */
  private depth = 0;
  private waiting: (() => void)[] = [];

  get frozen(): boolean {
    return this.depth > 0;
  }

  opened(stream: Duplex): void {
    this.streams.add(stream);
    if (this.frozen) stream.cork();
  }

  closed(stream: Duplex): void {
    this.streams.delete(stream);
  }

  begin(): void {
    if (this.depth++ > 0) return;
    for (const stream of this.streams) stream.cork();
  }

  end(): void {
    if (--this.depth > 0) return;
    for (const stream of this.streams) stream.uncork();
    const { waiting } = this;
    this.waiting = [];
    for (const action of waiting) action();
  }

  /** At once if nothing is frozen; otherwise when all that was held back has been written. */
  whenThawed(action: () => void): void {
    if (this.frozen) this.waiting.push(action);
    else action();
  }
}
