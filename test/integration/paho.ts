/** The Python that has paho-mqtt: Debian's own, where another comes first in PATH. */
import { execFileSync } from 'node:child_process';
import { findProgram } from '../support/program.ts';

/** Undefined if there is none. */
export const PYTHON_WITH_PAHO = ['/usr/bin/python3', findProgram('python3')].find(
  (python) => python !== undefined && hasPaho(python),
);

function hasPaho(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
