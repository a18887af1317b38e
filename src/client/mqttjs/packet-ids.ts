/**
 * The packet ids of one MQTT.js client: as the library's own provider gives them, one after the other, but for a message that is sent
 * again with the id it had.
 */
import type { IClientOptions } from 'mqtt';
import { nextPacketId } from '../../mqtt/packet-id.ts';
import type { ConnectionHandler } from '../connection.ts';

type MessageIds = NonNullable<IClientOptions['messageIdProvider']>;

export class PacketIds implements MessageIds {
  private readonly books: Pick<ConnectionHandler, 'awaitsAck'>;
  private last = 0;
  private again = 0;

  constructor(books: Pick<ConnectionHandler, 'awaitsAck'>) {
    this.books = books;
  }

  /** The next is this one, and those after it follow it. */
  goOnFrom(packetId: number): void {
    this.again = packetId;
  }

  allocate(): number {
    const { again } = this;
    this.again = 0;
    this.last = again === 0 ? this.free() : again;
    return this.last;
  }

  private free(): number {
    let id = nextPacketId(this.last);
    while (this.books.awaitsAck(id)) id = nextPacketId(id);
    return id;
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
