/** What MQTT 5 says of a message beside its topic and payload (3.3.2.3, 3.1.3.2), and what of it goes on to whoever receives it. */
import { PROPERTY } from '../properties.ts';

export interface MessageProperties {
  /** Those that a server passes on unaltered and in their order [MQTT-3.3.2-17, 3.3.2-18], as they are on the wire. */
  passedOn: Buffer;
  /** How long the message is of use; infinite where that is not said. */
  expirySec: number;
  userProperties: number;
  /** 0 where there is none, or where it is 0, which is none either. */
  topicAlias: number;
  hasTopicAlias: boolean;
  willDelaySec: number;
}

const PASSED_ON: readonly number[] = [
  PROPERTY.payloadFormatIndicator,
  PROPERTY.contentType,
  PROPERTY.responseTopic,
  PROPERTY.correlationData,
  PROPERTY.userProperty,
];
/** What a device may say of a will, and of a message; a subscription identifier is the server's to add [MQTT-3.3.4-6]. */
export const OF_WILL: readonly number[] = [
  ...PASSED_ON,
  PROPERTY.messageExpiryInterval,
  PROPERTY.willDelayInterval,
];
export const OF_UPLINK: readonly number[] = [
  ...PASSED_ON,
  PROPERTY.messageExpiryInterval,
  PROPERTY.topicAlias,
];

const NOTHING = Buffer.alloc(0);
const EXPIRY_BYTES = 5;

/** Gathers them from `bytes` as `readProperties` finds them. What is passed on is a copy: the bytes are read into again. */
export class MessagePropertiesGatherer implements MessageProperties {
  passedOn = NOTHING;
  expirySec = Number.POSITIVE_INFINITY;
  userProperties = 0;
  topicAlias = 0;
  hasTopicAlias = false;
  willDelaySec = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  readonly found = (id: number, value: number, from: number, to: number): void => {
    if (id === PROPERTY.messageExpiryInterval) this.expirySec = value;
    if (id === PROPERTY.willDelayInterval) this.willDelaySec = value;
    if (id === PROPERTY.userProperty) this.userProperties++;
    if (id === PROPERTY.topicAlias) {
      this.topicAlias = value;
      this.hasTopicAlias = true;
    }
    if (PASSED_ON.includes(id)) this.passedOn = Buffer.concat([this.passedOn, this.bytes.subarray(from, to)]);
  };
}

/** What a message is sent with of which so many seconds are left; what has no end has no word of it [MQTT-3.3.2-6]. */
export function withExpiry(passedOn: Uint8Array, leftSec: number): Uint8Array {
  if (leftSec === Number.POSITIVE_INFINITY) return passedOn;
  const written = Buffer.alloc(EXPIRY_BYTES + passedOn.length);
  written.writeUInt8(PROPERTY.messageExpiryInterval, 0);
  written.writeUInt32BE(leftSec, 1);
  written.set(passedOn, EXPIRY_BYTES);
  return written;
}
