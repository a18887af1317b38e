/** What the figures were measured on; they mean little elsewhere. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { MOSQUITTO } from '../../integration/mosquitto.ts';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  kernel: string;
  node: string;
  broker: string;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release().split('-')[0]}`,
    node: process.version,
    broker: brokerVersion(),
  };
}

/** mosquitto says its version in the first line of its help, and calls that an error. */
function brokerVersion(): string {
  try {
    return firstLine(execFileSync(MOSQUITTO!, ['-h'], { encoding: 'utf8' }));
  } catch (error) {
    return firstLine((error as { stdout?: string }).stdout ?? '');
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.trim() || 'mosquitto';
}
