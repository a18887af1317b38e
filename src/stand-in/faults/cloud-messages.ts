/** Messages that the cloud sends of its own accord: to every device that hears the topic, at QoS 1, and so kept for one that is away. */
import { object, someTime, text } from '../../input/fields.ts';
import { fillPlaceholders, placeholdersIn } from '../../model/placeholders.ts';
import { parseDurationUs } from '../../model/units.ts';
import type { Message } from '../sessions/message.ts';
import type { Cloud, FaultContext } from './fault.ts';

export interface CloudMessages {
  /** With `${productKey}` and `${deviceName}`. */
  topic: string;
  everyUs: number;
}

const PLACEHOLDERS: readonly string[] = ['productKey', 'deviceName'];

function isTopic(topic: string): boolean {
  return !/[+#\0]/.test(topic) && placeholdersIn(topic).every((name) => PLACEHOLDERS.includes(name));
}

export const cloudMessagesSchema = object({
  topic: text()
    .min(1)
    .refine(isTopic, { error: 'is no topic of a device; ${productKey} and ${deviceName} may be in it' })
    .meta({
      description: 'Of the device that is to hear it; a device that has not subscribed to it is sent nothing',
    }),
  every: someTime().meta({ description: 'To each device' }),
}).transform((value): CloudMessages => ({ topic: value.topic, everyUs: value.every }));

/** `TOPIC@5s`. */
export function parseCloudMessages(given: string): CloudMessages | undefined {
  const at = given.lastIndexOf('@');
  const everyUs = parseDurationUs(given.slice(at + 1));
  const topic = given.slice(0, at);
  return at > 0 && everyUs && isTopic(topic) ? { topic, everyUs } : undefined;
}

export class CloudSender {
  private readonly settings: CloudMessages;
  private readonly at: FaultContext<never>['at'];
  private readonly cloud: Cloud;
  private count = 0;

  constructor(settings: CloudMessages, at: FaultContext<never>['at'], cloud: Cloud) {
    this.settings = settings;
    this.at = at;
    this.cloud = cloud;
  }

  /** Sends for the first time a whole interval later. */
  begin(nowUs: number): void {
    const dueUs = nowUs + this.settings.everyUs;
    this.at(dueUs, () => {
      this.begin(dueUs);
      this.send();
    });
  }

  private send(): void {
    const payload = JSON.stringify({ id: String(++this.count), timestamp: Date.now() });
    this.cloud.toEach((topicPrefix): Message => {
      const [, productKey = '', ...name] = topicPrefix.split('/');
      const topic = fillPlaceholders(this.settings.topic, { productKey, deviceName: name.join('/') });
      return { topic, payload, qos: 1 };
    });
  }
}
