/** What is wrong with the form of a file of ours that is read back, in words: each with its place in the value. */
import type { z } from 'zod';

export function formMessages(issues: readonly z.core.$ZodIssue[], value: unknown): string[] {
  return issues.flatMap((issue) => messagesOf(issue, value));
}

function messagesOf(issue: z.core.$ZodIssue, value: unknown): string[] {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is not known`);
  }
  return [`${place} ${isAbsent(value, issue.path) ? 'is missing' : issue.message}`];
}

function isAbsent(value: unknown, path: PropertyKey[]): boolean {
  return (
    path.reduce((inside, key) => (inside as Record<PropertyKey, unknown> | undefined)?.[key], value) ===
    undefined
  );
}
