/** What a process and the threads in it hold, looked at again and again. */
import { existsSync, readFileSync } from 'node:fs';
import type { HeapLook } from './heap-probe.ts';
import type { Point } from './slope.ts';

const LOOK_MS = 1000;
const MB = 2 ** 20;

export class MemoryWatch {
  /** Resident megabytes, since the first look. */
  private readonly resident: Point[] = [];
  private readonly pid: number;
  private readonly heapLog: string;
  private readonly fromMs = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number, heapLog: string, everySec: number, say: (line: string) => void) {
    this.pid = pid;
    this.heapLog = heapLog;
    let looks = 0;
    this.timer = setInterval(() => {
      const residentMb = residentBytes(this.pid) / MB;
      if (residentMb === 0) return;
      this.resident.push({ minutes: (Date.now() - this.fromMs) / 60e3, value: residentMb });
      if (++looks % everySec === 0) say(this.line(residentMb));
    }, LOOK_MS);
  }

  /** What was seen between two moments, which are epochs in milliseconds. */
  between(fromMs: number, toMs: number): Point[] {
    const minutesAt = (ms: number): number => (ms - this.fromMs) / 60e3;
    return this.resident.filter(({ minutes }) => minutes >= minutesAt(fromMs) && minutes <= minutesAt(toMs));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private line(residentMb: number): string {
    const heaps = this.heaps().map(
      ({ threadId, heapUsed, heapTotal, external }) =>
        `${threadId === 0 ? 'coordinator' : `thread ${threadId}`} ${megabytes(heapUsed)} of ${megabytes(heapTotal)}, outside ${megabytes(external)}`,
    );
    const seconds = Math.round((Date.now() - this.fromMs) / 1e3);
    return `${String(seconds).padStart(4)} s  resident ${residentMb.toFixed(1)} MB   heaps: ${heaps.join('; ')}`;
  }

  /** The last look of each thread that still tells. */
  private heaps(): HeapLook[] {
    if (!existsSync(this.heapLog)) return [];
    const last = new Map<number, HeapLook>();
    for (const line of readFileSync(this.heapLog, 'utf8').split('\n')) {
      if (!line.endsWith('}')) continue;
      const look = JSON.parse(line) as HeapLook;
      last.set(look.threadId, look);
    }
    return [...last.values()].sort((a, b) => a.threadId - b.threadId);
  }
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

/** 0 of a process that is gone. */
function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
