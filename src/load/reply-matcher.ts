/** Matches answers to messages by their Alink `id`: the natural probe of the platform's round trip. */

/** Answers that never come must not fill the memory: beyond this many open questions the oldest are given up. */
const MOST_PENDING = 4096;

export class ReplyMatcher {
  private readonly replyTopics: Set<string>;
  /** Intended time by id, oldest first. */
  private readonly intendedUs = new Map<number, number>();

  /** The reply topic of each plan, where it has one. */
  constructor(replyTopics: (string | undefined)[]) {
    this.replyTopics = new Set(replyTopics.filter((topic) => topic !== undefined));
  }

  get pending(): number {
    return this.intendedUs.size;
  }

  /** Returns false where an older one was given up for it. */
  expect(id: number, intendedUs: number): boolean {
    this.intendedUs.set(id, intendedUs);
    if (this.intendedUs.size <= MOST_PENDING) return true;
    this.intendedUs.delete(this.intendedUs.keys().next().value!);
    return false;
  }

  /** The intended time of the message that this one answers; undefined when it is no answer to a question still open. */
  match(topic: string, payload: Buffer): number | undefined {
    if (!this.replyTopics.has(topic)) return undefined;
    const id = alinkId(payload);
    const intendedUs = this.intendedUs.get(id);
    this.intendedUs.delete(id);
    return intendedUs;
  }

  clear(): void {
    this.intendedUs.clear();
  }
}

/** The numeric string `id` of an Alink message; NaN where there is none. */
function alinkId(payload: Buffer): number {
  try {
    const message = JSON.parse(payload.toString('utf8')) as { id?: unknown } | null;
    return Number(message?.id);
  } catch {
    return Number.NaN;
  }
}
