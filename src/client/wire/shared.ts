/** What all lean connections of a shard share. */
import { Outbox } from '../../mqtt/outbox.ts';
import { countSent } from '../../mqtt/owned-stream.ts';
import { PacketWriter } from '../../mqtt/packet-writer.ts';
import { platformOf } from '../../platform/platforms.ts';
import type { ClientSettings } from '../connection.ts';
import { type DialOptions, dialOptions } from '../dial.ts';
import { ShortTicks } from '../short-ticks.ts';
import type { SharedByConnections } from '../socket-connection.ts';

export class SharedByWire implements SharedByConnections {
  readonly writer: PacketWriter;
  readonly shortTicks = new ShortTicks();
  readonly dial: DialOptions;
  readonly isMqtt5: boolean;
  readonly keepsSession: boolean;
  readonly aliasesTopics: boolean;
  readonly keepaliveSec: number;
  readonly topicsPerSubscribe: number;

  constructor(settings: ClientSettings) {
    const { protocol, connect, tls, platform, keptSession, topicAlias = false } = settings;
    this.writer = new PacketWriter(new Outbox(countSent), protocol, connect.keepaliveSec, keptSession);
    this.isMqtt5 = protocol === '5';
    this.keepsSession = keptSession !== undefined;
    this.aliasesTopics = topicAlias;
    this.keepaliveSec = connect.keepaliveSec;
    this.topicsPerSubscribe = platformOf({ platform }).limits.topicsPerSubscribe;
    this.dial = dialOptions(tls);
  }
}
