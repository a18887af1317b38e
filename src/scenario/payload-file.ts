/** Payloads that are in files of their own, read while the scenario is read. */
import { dirname, join, resolve } from 'node:path';
import { type FileTrouble, readGivenText } from '../input/given-file.ts';
import { checkTemplate } from '../load/behaviour/telemetry/settings/message-rules.ts';
import type { PublishDraft } from '../load/behaviour/telemetry/settings/publish-schema.ts';
import type { Problem } from '../model/errors.ts';
import type { PayloadSpec, PublishPlan } from '../model/scenario.ts';
import type { Platform } from '../platform/platform.ts';
import { valueProblem } from './document/complaints.ts';
import type { Path, SourceDocument } from './document/source-document.ts';
import { checkReply, isOverSize } from './rules/platform-messages.ts';

const NOT_READABLE = 'is not a file that can be read';

/**
 * The plans with the text of each `{ file }` as its template. What is wrong with a text is a problem of the payload file at its line
 * (`inFiles`); a file that cannot be had is one of the scenario. With problems, the plans are fit for further checks only.
 */
export async function readPayloads(
  drafts: readonly PublishDraft[],
  scenarioFile: string,
  source: SourceDocument,
  platform: Platform,
): Promise<{ publish: PublishPlan[]; problems: Problem[]; inFiles: Problem[] }> {
  const problems: Problem[] = [];
  const inFiles: Problem[] = [];
  const publish: PublishPlan[] = [];
  for (const [at, draft] of drafts.entries()) {
    const { payload } = draft;
    if (payload.kind !== 'file') {
      publish.push({ ...draft, payload });
      continue;
    }
    const path = ['publish', at, 'payload', 'file'];
    // Where its environment variable is not set, that has been said.
    const reading = source.isUnset(path)
      ? undefined
      : await readPayload(resolve(dirname(scenarioFile), payload.file), platform);
    const read: PayloadSpec = { kind: 'template', template: '' };
    if (reading !== undefined && 'wrong' in reading)
      problems.push(valueProblem(source, path, reading.wrong, reading.hint));
    if (reading !== undefined && 'text' in reading) {
      read.template = reading.text;
      inFiles.push(...templateProblems(reading.text, shownName(path, payload.file, scenarioFile, source)));
      if (draft.reply !== undefined) {
        checkReply(platform, read, (...what) => {
          problems.push(valueProblem(source, ['publish', at, 'reply'], ...what));
        });
      }
    }
    publish.push({ ...draft, payload: read });
  }
  return { publish, problems, inFiles };
}

/** Reads at most what a message can hold. */
async function readPayload(file: string, platform: Platform): Promise<{ text: string } | FileTrouble> {
  const read = await readGivenText(file, platform.limits.messageBytes);
  if ('text' in read) return read;
  if (read.isMissing) return { ...read, wrong: NOT_READABLE };
  return read.wrong.startsWith('is over') ? { wrong: isOverSize(platform) } : read;
}

/** Line by line: no placeholder goes over the end of one, so that one that is not closed is found where it begins. */
function templateProblems(text: string, file: string): Problem[] {
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    checkTemplate(line, (_path, message, hint) => {
      problems.push({
        file,
        line: index + 1,
        message: `the payload ${message}`,
        ...(hint === undefined ? {} : { hint }),
      });
    });
  }
  return problems;
}

/** The file's name beside the scenario as the user named it, so that it can be clicked; a name from the environment stays hidden. */
function shownName(path: Path, name: string, scenarioFile: string, source: SourceDocument): string {
  const written = source.writtenAt(path) ?? name;
  const isHidden = source.isFromEnvironment(path);
  return isHidden || resolve(written) === written ? written : join(dirname(scenarioFile), written);
}
