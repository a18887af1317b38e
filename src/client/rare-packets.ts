/** Packets that come once in the life of a connection: mqtt-packet reads them, with all that MQTT 5 may put into them. */
import { type Packet, type Parser, parser } from 'mqtt-packet';
import type { Scenario } from '../scenario/scenario.ts';

type PacketOf<Cmd> = Extract<Packet, { cmd: Cmd }>;

export class RarePackets {
  private readonly protocolVersion: number;
  private parser: Parser;
  private readonly found: Packet[] = [];

  constructor(protocol: Scenario['protocol']) {
    this.protocolVersion = protocol === '5' ? 5 : 4;
    this.parser = this.createParser();
  }

  /** `packet` is one whole packet, its fixed header included. Undefined where it is malformed, or of another kind. */
  read<Cmd extends Packet['cmd']>(cmd: Cmd, packet: Buffer): PacketOf<Cmd> | undefined {
    this.found.length = 0;
    try {
      this.parser.parse(packet);
    } catch {
      // It reads beyond the end of some that are cut off.
      this.parser = this.createParser();
      return undefined;
    }
    const [found] = this.found;
    return found?.cmd === cmd ? (found as PacketOf<Cmd>) : undefined;
  }

  private createParser(): Parser {
    const made = parser({ protocolVersion: this.protocolVersion });
    made.on('packet', (packet) => this.found.push(packet));
    // No packet comes then, which says as much.
    made.on('error', () => {});
    return made;
  }
}
