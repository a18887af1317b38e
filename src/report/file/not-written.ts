/** A file of a report that could not be written, and what to do about it. */
import { FleetError, messageOf } from '../../model/errors.ts';

const HINT = 'name another folder with --out, or make room';

export function notWritten(path: string, cause: unknown, hint = HINT): FleetError {
  return new FleetError('report-not-written', `could not write ${path}: ${messageOf(cause)}`, {
    hint,
    cause,
  });
}
