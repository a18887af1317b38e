/**
 * Messages on their way to other sessions than the publisher's own. On the platform a device hears nobody but itself and the cloud, so there
 * the router holds shared subscriptions only; where the stand-in is a plain broker it holds all.
 */
import type { Clock } from '../../model/clock.ts';
import type { Answers } from '../answers/answers.ts';
import type { KeptCounts, Message } from '../sessions/message.ts';
import type { Router } from '../sessions/router.ts';
import type { SessionState } from '../sessions/session-state.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { DeviceConnections } from './device-connections.ts';

/** Bytes that wait for a device which does not read: beyond them it gets nothing more of others, whose messages would pile up here. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

export class Distribution {
  /** Devices hear one another, as at any broker. */
  readonly isOpen: boolean;
  private readonly clock: Clock;
  private readonly counts: KeptCounts;
  private readonly answers: Answers;
  private readonly devices: DeviceConnections;
  private readonly states: SessionStates;
  private readonly router: Router;

  constructor(
    isOpen: boolean,
    { clock, counts, answers }: { clock: Clock; counts: KeptCounts; answers: Answers },
    { devices, states, router }: { devices: DeviceConnections; states: SessionStates; router: Router },
  ) {
    this.isOpen = isOpen;
    this.clock = clock;
    this.counts = counts;
    this.answers = answers;
    this.devices = devices;
    this.states = states;
    this.router = router;
  }

  subscribed(state: SessionState, filter: string): void {
    if (this.isOpen || filter.startsWith('$share/')) this.router.add(state, filter);
  }

  /** Somebody may hear what the publisher itself does not. */
  get isNeeded(): boolean {
    return !this.router.isEmpty;
  }

  /** To all whom the router knows; `from` is the publisher's session, undefined where that is no device. */
  route(message: Message, from: SessionState | undefined): void {
    this.router.route(message.topic, from, (state, qos) => {
      // On the platform a subscription's QoS is of no account, the sender's holds.
      this.deliver(state, this.isOpen && qos < message.qos ? { ...message, qos: 0 } : message);
    });
  }

  /** What a device has left behind: to itself, where it comes back, and to all who hear it. */
  publish(message: Message, from: SessionState | undefined): void {
    if (!this.isOpen && from?.hears(message.topic)) this.deliver(from, message);
    if (this.isNeeded) this.route(message, from);
  }

  /** A message of the cloud to each device that hears it, connected or away. */
  toEach(messageFor: (topicPrefix: string) => Message): void {
    for (const state of this.states) {
      const message = messageFor(state.topicPrefix);
      if (state.hears(message.topic)) this.deliver(state, message);
    }
  }

  private deliver(state: SessionState, message: Message): void {
    const session = this.devices.of(state.topicPrefix);
    if (session?.open && session.state === state) {
      if (session.stream.writableLength > MOST_UNREAD_BYTES) this.counts.messages_dropped_away++;
      else this.answers.deliver(session, message);
      return;
    }
    // Of QoS 0 nothing is kept for who is away [MQTT 3.1.1, 3.1.2.4].
    if (message.qos === 0 || state.expiryUs === 0) return;
    if (state.outgoing?.add(message, 1, this.clock.nowUs())) this.counts.messages_stored++;
  }
}
