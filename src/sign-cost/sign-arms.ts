/** What the experiment of signing cost compares. */
import type { Signmethod } from '../model/scenario.ts';

/**
 * - `login`: all that `run` does in a worker between a row of the list and CONNECT (load/sign-in), to the letter
 * - `sign`: the part of it that signs a triple which has been read
 * - `bare`: `createHmac(hash, secret).update(content).digest('hex')` on the same content, which no signing in Node can do without
 * - `triple`: the part of a login that reads the triple from the shared memory; it has no method
 */
export type ArmKind = 'login' | 'sign' | 'bare' | 'triple';

export interface SignArm {
  /** Names it among the others. */
  id: string;
  kind: ArmKind;
  signmethod: Signmethod;
}

/** The same code on the same devices as the login of the first method: where the two differ, the experiment sees what is not there. */
export const CONTROL_ID = 'control';

export function armId(kind: Exclude<ArmKind, 'triple'>, signmethod: Signmethod): string {
  return `${kind} ${signmethod}`;
}

export const TRIPLE_ID = 'triple';

/** All arms of an experiment over these methods, of which there is at least one. */
export function armsOf(signmethods: readonly Signmethod[]): SignArm[] {
  const first = signmethods[0]!;
  return [
    ...signmethods.flatMap((signmethod) =>
      (['login', 'sign', 'bare'] as const).map((kind) => ({ id: armId(kind, signmethod), kind, signmethod })),
    ),
    { id: CONTROL_ID, kind: 'login', signmethod: first },
    { id: TRIPLE_ID, kind: 'triple', signmethod: first },
  ];
}
