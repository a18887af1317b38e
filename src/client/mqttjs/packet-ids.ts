/**
 * The packet ids of one MQTT.js client: as the library's own provider gives them, one after the other, but for a message that is sent
 * again with the id it had.
 */
import type { IClientOptions } from 'mqtt';
import { nextPacketId } from '../../mqtt/packet-id.ts';

type MessageIds = NonNullable<IClientOptions['messageIdProvider']>;

export class PacketIds implements MessageIds {
  last = 0;
  private again = 0;

  /** The next is this one, and those after it follow it. */
  goOnFrom(packetId: number): void {
    this.again = packetId;
  }

  allocate(): number {
    this.last = this.again === 0 ? nextPacketId(this.last) : this.again;
    this.again = 0;
    return this.last;
  }

  getLastAllocated(): number {
    return this.last;
  }

  register(): boolean {
    return true;
  }

  /** Which ids are on their way, the device's own books say. */
  deallocate(): void {}
  clear(): void {}
}
