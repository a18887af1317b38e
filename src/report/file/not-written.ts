/** A file of a report that could not be written, and what to do about it. */
import { FleetError } from '../../model/errors.ts';

const HINT = 'name another folder with --out, or make room';

export function notWritten(path: string, cause: unknown, hint = HINT): FleetError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FleetError('report-not-written', `could not write ${path}: ${why}`, { hint, cause });
}
