/** Matches answers to messages by the platform's rule: the natural probe of its round trip. */
import type { ReplyRule } from '../../../platform/platform.ts';

/** Answers that never come must not fill the memory: beyond this many open questions the oldest are given up. */
const MOST_PENDING = 4096;

interface AwaitedReply {
  intendedUs: number;
  deadlineUs: number;
}

export class ReplyMatcher {
  private readonly replyTopics: Set<string>;
  private readonly rule: ReplyRule;
  /** Messages without an answer by id, oldest first. */
  private readonly open = new Map<number, AwaitedReply>();

  /** The reply topic of each plan, where it has one. */
  constructor(replyTopics: (string | undefined)[], rule: ReplyRule) {
    this.rule = rule;
    this.replyTopics = new Set(replyTopics.filter((topic) => topic !== undefined));
  }

  get pending(): number {
    return this.open.size;
  }

  /** Returns how many older ones were given up for it. */
  expect(id: number, intendedUs: number, deadlineUs: number): number {
    this.open.set(id, { intendedUs, deadlineUs });
    if (this.open.size <= MOST_PENDING) return 0;
    this.open.delete(this.open.keys().next().value!);
    return 1;
  }

  /** The intended time of the message that this one answers; undefined when it is no answer to a question still open. */
  match(topic: string, payload: Buffer): number | undefined {
    if (!this.replyTopics.has(topic)) return undefined;
    const id = this.rule.idOf(payload);
    const question = this.open.get(id);
    this.open.delete(id);
    return question?.intendedUs;
  }

  /** Gives up what was due by now; returns how many. */
  expire(nowUs: number): number {
    let expired = 0;
    for (const [id, { deadlineUs }] of this.open) {
      if (deadlineUs > nowUs) continue;
      this.open.delete(id);
      expired++;
    }
    return expired;
  }

  /** Gives up everything; returns how many. */
  clear(): number {
    const { size } = this.open;
    this.open.clear();
    return size;
  }
}
