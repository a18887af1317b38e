/** One answer from each shard; who is lost owes none. */
export class RollCall<Answer> {
  /** Answers of all shards, in the order in which they came. */
  readonly answers: Promise<Answer[]>;
  private readonly given: Answer[] = [];
  private readonly missing: Set<number>;
  private resolve!: (answers: Answer[]) => void;

  constructor(shards: number) {
    this.missing = new Set(Array(shards).keys());
    this.answers = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  answer(shard: number, answer: Answer): void {
    if (this.missing.has(shard)) this.given.push(answer);
    this.excuse(shard);
  }

  excuse(shard: number): void {
    this.missing.delete(shard);
    if (this.missing.size === 0) this.resolve(this.given);
  }
}
