/** What all senders have sent, by what their shards say of it at the end. */
import { SENT_NUMBERS, SETTLED_US } from './sending.ts';

export interface SentNumbers {
  /** The first number of its last connection. */
  connectionFrom: number;
  /** When the last one had certainly come to the server, on the machine's clock (µs). */
  settledUs: number;
  /** How many had certainly come to the server by that time. */
  settledBy(us: number): number;
}

/** What senders sent. Of those whose shard is lost nothing is known: what never came might never have been sent. */
export class SentBooks {
  private readonly sent = new Map<string, SentNumbers>();

  /** Books of reports, each as Sendings have written it. */
  constructor(reports: Float64Array[]) {
    for (const report of reports) {
      for (let at = 0; at < report.length; at += SENT_NUMBERS) {
        this.sent.set(`${report[at]}/${report[at + 1]}`, numbersOf(report.subarray(at, at + SENT_NUMBERS)));
      }
    }
  }

  of(device: number, plan: number): SentNumbers | undefined {
    return this.sent.get(`${device}/${plan}`);
  }
}

function numbersOf(report: Float64Array): SentNumbers {
  return {
    connectionFrom: report[2]!,
    settledUs: report[4]! + SETTLED_US,
    settledBy: (us) => {
      // The latest of the three.
      for (let at = 3; at < SENT_NUMBERS; at += 2) if (report[at + 1]! + SETTLED_US <= us) return report[at]!;
      return 0;
    },
  };
}
