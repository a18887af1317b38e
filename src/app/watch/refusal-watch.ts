/** Says of each device that the stand-in refuses why, as it happens. */
import { terminalText } from '../../model/terminal-text.ts';
import { formatCount } from '../../report/text/format.ts';
import type { RefusalNote, Refusals } from '../../stand-in/endpoint/refusals.ts';

export class RefusalWatch {
  private readonly refusals: Refusals;
  private readonly say: (line: string) => void;
  private telling: Promise<void> | undefined;

  constructor(refusals: Refusals, say: (line: string) => void) {
    this.refusals = refusals;
    this.say = say;
    refusals.onRefused = () => {
      this.telling ??= this.tell();
    };
  }

  /** Says the rest, and how many there were beside. */
  async end(): Promise<void> {
    this.refusals.onRefused = undefined;
    await this.telling;
    await this.tell();
    for (const [reason, count] of this.refusals.beyond())
      this.say(`… and ${formatCount(count)} more refused, ${reason}, of other devices`);
  }

  private async tell(): Promise<void> {
    for (let notes = await this.refusals.take(); notes.length > 0; notes = await this.refusals.take())
      for (const note of notes) this.say(refusalLine(note));
    this.telling = undefined;
  }
}

function refusalLine({ device, code, reason, mistake }: RefusalNote): string {
  const who = device === '' ? 'a device' : device;
  const why = mistake === undefined ? '' : `. ${mistake}`;
  return terminalText(`refused ${who}: ${code}, ${reason}${why}`);
}
