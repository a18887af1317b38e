/** The files of a limit search's folder, by name: functions of its report and of the scenario's text. Pure. */
import { limitPage } from './limit-page.ts';
import type { LimitReport } from './limit-report.ts';

/** By this file a folder is known to hold the report of a limit search. */
export const LIMIT_MARK = 'limit.json';

export function limitFiles(report: LimitReport, asRun: string): Record<string, string> {
  return {
    [LIMIT_MARK]: `${JSON.stringify(report, null, 2)}\n`,
    'report.html': limitPage(report, asRun),
    'scenario.yaml': asRun,
  };
}
