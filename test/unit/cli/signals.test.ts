import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Door } from '../../../src/app/door.ts';
import { StopRequest } from '../../../src/app/stop-request.ts';
import { signalsOf } from '../../../src/cli/signals.ts';

/** Of a process, what handling signals takes. */
class ProcessInHand extends EventEmitter {
  exited: number | undefined;

  exit(code: number): void {
    this.exited ??= code;
  }
}

let host: ProcessInHand;
let nowMs: number;
let onStop: Door['onStop'];
let heard: string[];
const listen = () => onStop((signal) => void heard.push(signal));

beforeEach(() => {
  host = new ProcessInHand();
  nowMs = 0;
  heard = [];
  onStop = signalsOf(host as unknown as NodeJS.Process, () => nowMs);
});

function send(...signals: NodeJS.Signals[]): void {
  for (const signal of signals) {
    nowMs += 1000;
    host.emit(signal, signal);
  }
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('the first %s', (signal) => {
  it('asks whoever listens', () => {
    listen();
    send(signal);
    expect({ heard, exited: host.exited }).toEqual({ heard: [signal], exited: undefined });
  });

  it('ends the process where nobody does', () => {
    listen()();
    send(signal);
    expect({ heard, exited: host.exited }).toEqual({ heard: [], exited: 105 });
  });
});

it.each([
  ['SIGINT', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
  ['SIGHUP', 'SIGINT'],
] as const)('%s and then %s end the process', (first, second) => {
  listen();
  send(first);
  expect(host.exited).toBeUndefined();
  send(second);
  expect(host.exited).toBe(105);
});

it('a terminal that goes away says so more than once, and only asks', () => {
  listen();
  send('SIGHUP', 'SIGHUP', 'SIGHUP');
  expect({ heard, exited: host.exited }).toEqual({ heard: ['SIGHUP'], exited: undefined });
});

it('one key that arrives twice, by the terminal and by npm, is one signal', () => {
  listen();
  send('SIGINT');
  nowMs += 50;
  host.emit('SIGINT', 'SIGINT');
  expect({ heard, exited: host.exited }).toEqual({ heard: ['SIGINT'], exited: undefined });
  nowMs += 500;
  host.emit('SIGINT', 'SIGINT');
  expect(host.exited).toBe(105);
});

describe('a request to stop', () => {
  let otherwise: string[];
  let request: StopRequest;

  beforeEach(() => {
    otherwise = [];
    request = new StopRequest({ onStop } as Door, (signal) => void otherwise.push(signal));
  });

  it('is kept for whoever listens later', () => {
    send('SIGTERM');
    expect({ otherwise, exited: host.exited }).toEqual({ otherwise: ['SIGTERM'], exited: undefined });
    request.listen((signal) => void heard.push(signal));
    expect(heard).toEqual(['SIGTERM']);
  });

  it('is told to whoever listens now, and to nobody who no longer does', () => {
    request.listen(() => void heard.push('gone'))();
    request.listen((signal) => void heard.push(signal));
    send('SIGINT');
    expect({ heard, otherwise }).toEqual({ heard: ['SIGINT'], otherwise: [] });
  });

  it('costs nothing between two pieces of work: a signal there ends nothing', () => {
    request.listen(() => void heard.push('gone'))();
    send('SIGINT');
    expect({ heard, otherwise, exited: host.exited }).toEqual({
      heard: [],
      otherwise: ['SIGINT'],
      exited: undefined,
    });
  });

  it('is over when the command has come to its end', () => {
    request.close();
    send('SIGINT');
    expect({ otherwise, exited: host.exited }).toEqual({ otherwise: [], exited: 105 });
  });
});
