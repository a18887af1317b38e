/** The cloud, as far as a device can ask it something: the topics that have an answer, and who makes it. */
import { alinkAnswer } from './alink.ts';
import { ntpAnswer } from './ntp.ts';
import { ShadowRequests } from './shadow-requests.ts';
import { NO_FIRMWARE } from './thing-requests.ts';

/** At QoS 0: the answer is itself the confirmation of what was sent, and a device that misses it sends again. */
export interface DeskAnswer {
  topic: string;
  payload: string | Buffer;
  qos: 0;
}

/** Whoever asks; what it does not hear is not answered. */
export interface Asker {
  hears(topic: string): boolean;
}

const SYSTEM = '/sys';
const THING = '/thing/';
const REPLY = '_reply';
/** What a device sends in its own binary form, which a script of its product turns into Alink on the platform. */
const RAW = 'model/up_raw';

/** A topic outside of `/sys` that has an answer: on that topic, by its prefix. */
interface OtherRequest {
  answerTopic(topicPrefix: string): string;
  answer(topicPrefix: string, payload: string, epochMs: number): string | undefined;
}

export class AnswerDesk {
  private readonly epochMs: () => number;
  private readonly shadows = new ShadowRequests();

  /** By topic without what names the device. */
  private readonly others = new Map<string, OtherRequest>([
    [
      '/ext/ntp/request',
      {
        answerTopic: (prefix) => `/ext/ntp${prefix}/response`,
        answer: (_, payload, epochMs) => ntpAnswer(payload, epochMs),
      },
    ],
    [
      '/shadow/update',
      {
        answerTopic: (prefix) => `/shadow/get${prefix}`,
        answer: (...request) => this.shadows.answer(...request),
      },
    ],
    [
      '/ota/device/request',
      {
        answerTopic: (prefix) => `/ota/device/upgrade${prefix}`,
        answer: () => JSON.stringify(NO_FIRMWARE),
      },
    ],
  ]);

  constructor(epochMs: () => number = Date.now) {
    this.epochMs = epochMs;
  }

  /** The topic is the asker's own, of which `topicPrefix` is `/<productKey>/<deviceName>`. Undefined where there is nothing to say. */
  answer(topic: string, payload: Buffer, topicPrefix: string, asker: Asker): DeskAnswer | undefined {
    if (topic.startsWith(SYSTEM)) return answerThing(topic, payload, topicPrefix, asker);
    // What begins with the device is its custom topics, which are many a device's only ones.
    return topic.startsWith(topicPrefix) ? undefined : this.answerOther(topic, payload, topicPrefix, asker);
  }

  private answerOther(
    topic: string,
    payload: Buffer,
    topicPrefix: string,
    asker: Asker,
  ): DeskAnswer | undefined {
    const request = this.others.get(topic.replace(topicPrefix, ''));
    if (request === undefined) return undefined;
    const answerTopic = request.answerTopic(topicPrefix);
    const answer = request.answer(topicPrefix, payload.toString(), this.epochMs());
    return answer === undefined || !asker.hears(answerTopic)
      ? undefined
      : { topic: answerTopic, payload: answer, qos: 0 };
  }
}

/** What ends with `_reply` answers the cloud. */
function answerThing(
  topic: string,
  payload: Buffer,
  topicPrefix: string,
  asker: Asker,
): DeskAnswer | undefined {
  const at = SYSTEM.length + topicPrefix.length;
  if (!topic.startsWith(THING, at) || topic.endsWith(REPLY)) return undefined;
  const answerTopic = topic + REPLY;
  if (!asker.hears(answerTopic)) return undefined;
  const name = topic.slice(at + THING.length);
  // There is no script here: the bytes come back as they are. A copy, for they lie in what was read.
  if (name === RAW) return { topic: answerTopic, payload: Buffer.from(payload), qos: 0 };
  const answer = alinkAnswer(name, payload.toString());
  return answer === undefined ? undefined : { topic: answerTopic, payload: answer, qos: 0 };
}
