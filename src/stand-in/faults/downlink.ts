/**
 * Messages to devices that are lost, doubled or overtaken on request. Every message is at most one of these, and the one that overtakes
 * is none, so that a device which counts gaps, repetitions and late arrivals finds the stand-in's own counts.
 */

import { object, rule, share } from '../../input/fields.ts';
import { type Wheel, WheelTimer } from '../../load/time/wheel.ts';
import type { Clock } from '../../model/clock.ts';
import type { Session } from '../endpoint/session.ts';
import { parseShare, readBy } from '../flag-text.ts';
import type { Message } from '../sessions/message.ts';
import type { Flag } from '../setting.ts';
import {
  type CloudMessages,
  CloudSender,
  cloudMessagesSchema,
  parseCloudMessages,
} from './cloud-messages.ts';
import type { ActiveFault, Cloud, Fault, FaultContext, Send } from './fault.ts';

/** Shares of the messages, 0 to 1. */
interface Shares {
  drop?: number;
  repeat?: number;
  swap?: number;
}

interface Settings extends Shares {
  send?: CloudMessages;
}

type DownlinkCounter = 'messages_dropped' | 'messages_repeated' | 'messages_swapped';

function flag(name: keyof Shares, describe: string): Flag {
  const schema = readBy(parseShare, 'a share from 0% to 100%');
  return { name, type: 'string', describe, schema, part: name };
}

export const downlink = {
  key: 'downlink',
  schema: object({
    drop: share().optional().meta({ description: 'Never sent' }),
    repeat: share().optional().meta({ description: 'Sent twice' }),
    swap: share().optional().meta({ description: 'Sent after the next one' }),
    send: cloudMessagesSchema.optional().meta({
      description: 'Messages of its own, QoS 1: also for devices that are away, where their sessions persist',
    }),
  })
    .superRefine(
      rule(({ drop = 0, repeat = 0, swap = 0 }, complain) => {
        if (Math.max(drop, repeat, swap) <= 1 && drop + repeat + swap > 1)
          complain([], 'has shares that sum to over 100%');
      }),
    )
    .meta({ description: 'Faults in the messages it sends to devices, and messages of its own' }),
  flags: [
    flag('drop', 'Lose this share of the messages to devices: 1%'),
    flag('repeat', 'Send this share of them twice'),
    flag('swap', 'Let the next message overtake this share of them'),
    {
      name: 'send',
      type: 'string',
      describe:
        'Send each device that subscribed a message this often, as topic@interval; ${productKey} and ${deviceName} are filled in',
      schema: readBy(parseCloudMessages, "e.g. '/${productKey}/${deviceName}/user/get@5s'"),
      part: 'send',
    },
  ],
  counters: ['messages_dropped', 'messages_repeated', 'messages_swapped'],
  contradiction: ({ drop = 0, repeat = 0, swap = 0 }) =>
    drop + repeat + swap > 1 ? 'the shares are more than 100% together' : undefined,
  begin: (settings, context) => new Downlink(settings, context),
} as const satisfies Fault<Settings, DownlinkCounter>;

/** The time (µs) that a message held back waits for one that overtakes it. */
const LONGEST_HOLD_US = 1_000_000;

export class Downlink implements ActiveFault {
  private readonly settings: Settings;
  private readonly at: FaultContext<DownlinkCounter>['at'];
  private readonly random: () => number;
  private readonly clock: Clock;
  private readonly wheel: Wheel;
  private readonly counts: Record<DownlinkCounter, number>;
  private readonly held = new WeakMap<Session, Held>();
  private sender: CloudSender | undefined;

  constructor(settings: Settings, { clock, wheel, counts, random, at }: FaultContext<DownlinkCounter>) {
    this.settings = settings;
    this.at = at;
    this.random = random('downlink');
    this.clock = clock;
    this.wheel = wheel;
    this.counts = counts;
  }

  serves(cloud: Cloud): void {
    const { send } = this.settings;
    if (send !== undefined) this.sender = new CloudSender(send, this.at, cloud);
  }

  began(nowUs: number): void {
    this.sender?.begin(nowUs);
  }

  deliver(session: Session, message: Message, send: Send): void {
    const held = this.held.get(session);
    if (held !== undefined) {
      this.counts.messages_swapped++;
      send(session, message, 1);
      this.release(held);
      return;
    }
    const { drop = 0, repeat = 0, swap = 0 } = this.settings;
    const drawn = this.random();
    if (drawn < drop) {
      this.counts.messages_dropped++;
    } else if (drawn < drop + repeat) {
      this.counts.messages_repeated++;
      send(session, message, 2);
    } else if (drawn < drop + repeat + swap) {
      const back = new Held(session, message, send, (late) => this.release(late));
      this.held.set(session, back);
      this.wheel.arm(back, this.clock.nowUs() + LONGEST_HOLD_US);
    } else {
      send(session, message, 1);
    }
  }

  /** Hears of a connection that has ended: what was held back for it never arrives. */
  ended(session: Session): void {
    const held = this.held.get(session);
    if (held === undefined) return;
    this.forget(held);
    this.counts.messages_dropped++;
  }

  private release(held: Held): void {
    this.forget(held);
    held.send(held.session, held.message, 1);
  }

  private forget(held: Held): void {
    this.wheel.disarm(held);
    this.held.delete(held.session);
  }
}

class Held extends WheelTimer {
  readonly session: Session;
  readonly message: Message;
  readonly send: Send;
  private readonly release: (held: Held) => void;

  constructor(session: Session, message: Message, send: Send, release: (held: Held) => void) {
    super();
    this.session = session;
    this.message = message;
    this.send = send;
    this.release = release;
  }

  override fire(): void {
    this.release(this);
  }
}
