/** Network namespaces of a row's own, and a wire between two of them that can be cut. */
import { execFileSync } from 'node:child_process';
import { openNamespace } from '../../support/namespace.ts';
import type { Stage } from '../row.ts';

export interface Space {
  name: string;
  /** A command that runs another in it. */
  under: string[];
  /** Runs a command in it and hands back what that said. */
  run(...command: string[]): string;
}

/** With a loopback interface. */
export function openSpace(stage: Stage): Space {
  const { under, close } = openNamespace('32768 60999');
  stage.atEnd(close);
  return {
    name: under.at(-1)!,
    under,
    run: (...command) => {
      const [program, ...args] = [...under, ...command];
      return execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    },
  };
}

export interface Wire {
  farAddress: string;
  farName: string;
  down(): void;
}

/** Goes with the spaces. */
export function wire(near: Space, far: Space): Wire {
  const [nearName, farName] = ['near', 'far'];
  near.run('ip', 'link', 'add', nearName, 'type', 'veth', 'peer', 'name', farName, 'netns', far.name);
  // Of the block that is kept for benchmarks (RFC 2544).
  for (const [space, name, address] of [
    [near, nearName, '198.18.0.1'],
    [far, farName, '198.18.0.2'],
  ] as const) {
    space.run('ip', 'address', 'add', `${address}/24`, 'dev', name);
    space.run('ip', 'link', 'set', name, 'up');
  }
  return {
    farAddress: '198.18.0.2',
    farName,
    down: () => void far.run('ip', 'link', 'set', farName, 'down'),
  };
}
