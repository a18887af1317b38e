/** The members of a shared subscription (MQTT 5, 4.8.2): a message goes to one of them, in turn. */
import type { SessionState } from './session-state.ts';

export class SubscriptionGroup {
  /** What topics are held against. */
  readonly filter: string;
  /** The whole filter, with the group's name. */
  private readonly name: string;
  private readonly members: SessionState[] = [];
  private turn = 0;

  constructor(name: string, filter: string) {
    this.name = name;
    this.filter = filter;
  }

  get isEmpty(): boolean {
    return this.members.length === 0;
  }

  join(state: SessionState): void {
    if (!this.members.includes(state)) this.members.push(state);
  }

  leave(state: SessionState): void {
    const at = this.members.indexOf(state);
    if (at === -1) return;
    this.members.splice(at, 1);
    if (at < this.turn) this.turn--;
  }

  /** Whose turn it is: of those who are connected, or of all where none is. */
  next(): { state: SessionState; qos: number } | undefined {
    const { length } = this.members;
    for (let n = 0; n < length; n++) {
      const at = (this.turn + n) % length;
      if (this.members[at]!.leftUs === Number.POSITIVE_INFINITY) return this.take(at);
    }
    return length === 0 ? undefined : this.take(this.turn % length);
  }

  private take(at: number): { state: SessionState; qos: number } {
    this.turn = (at + 1) % this.members.length;
    const state = this.members[at]!;
    return { state, qos: state.filters.get(this.name)?.qos ?? 0 };
  }
}
