/** The end of a login of which the service, or who answers in its place, said something. */
import type { FailureKind } from '../../../model/failure.ts';
import { LoginError } from '../../login.ts';

export function refusedBy(code: string, kind: FailureKind = 'rejected'): LoginError {
  return new LoginError({ phase: 'auth', kind, code: `HTTPS ${code}` });
}
