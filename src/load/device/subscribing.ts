/** The SUBSCRIBE of a device that has just connected: the filters of all its behaviours together, and which SUBACK is for whom. */
import type { Identity } from '../../model/devices/device-table.ts';
import type { Subscription } from '../../model/scenario.ts';
import { refusedSubscription } from '../../mqtt/server-limits.ts';
import type { DeviceContext } from './device-context.ts';
import type { MessageLink } from './message-link.ts';
import { recordFailure } from './outcomes.ts';

export class Subscribing {
  /** When it began, on the shard's clock (µs). */
  readonly sinceUs: number;
  /** Filters of all behaviours, in their order. */
  readonly wanted: Subscription[] = [];
  private readonly context: DeviceContext;
  private readonly link: MessageLink;
  /** Filters that have their SUBACK. */
  private answers = 0;

  constructor(context: DeviceContext, link: MessageLink, identity: Identity) {
    this.context = context;
    this.link = link;
    this.sinceUs = context.clock.nowUs();
    context.load.outstanding++;
    for (const [at, { subscriptions }] of context.behaviours.entries()) {
      if (subscriptions.length === 0) continue;
      const own = subscriptions.map(({ topic, qos }) => ({ topic: topic(identity), qos }));
      link.behaviours[at]!.subscribing?.(own.map(({ topic }) => topic));
      this.wanted.push(...own);
    }
  }

  /** A SUBACK for the filters from `from` on; returns whether it is the last. */
  answered(returnCodes: readonly number[], from: number): boolean {
    const { recorder, clock, behaviours } = this.context;
    recorder.trends.subscribe_suback.record(clock.nowUs() - this.sinceUs);
    for (const code of returnCodes)
      if (code >= 128) recordFailure(this.context, this.link.row, refusedSubscription(code));
    // Where the filters of each begin among those of all.
    let first = 0;
    for (const [at, { subscriptions }] of behaviours.entries()) {
      const begin = Math.max(from, first);
      const end = Math.min(from + returnCodes.length, first + subscriptions.length);
      if (begin < end)
        this.link.behaviours[at]!.subscribed?.(returnCodes.slice(begin - from, end - from), begin - first);
      first += subscriptions.length;
    }
    this.answers += returnCodes.length;
    const isLast = this.answers >= this.wanted.length;
    if (isLast) this.link.subscribed();
    return isLast;
  }

  /** Ends the wait. */
  end(): void {
    this.context.load.outstanding--;
  }
}
