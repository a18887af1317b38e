import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../../src/platform/aliyun/sources.ts';
import { methodOf, PLATFORMS, platformOf } from '../../../src/platform/platforms.ts';

describe('the platforms', () => {
  it('have names of their own, and ways to sign in with names of their own', () => {
    const names = PLATFORMS.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['aliyun', 'plain']);
    expect(new Set(names).size).toBe(names.length);
    for (const { methods } of PLATFORMS) {
      const own = methods.map(({ name }) => name);
      expect(new Set(own).size).toBe(own.length);
    }
  });

  it('are found by name; the first is what is meant where none is named', () => {
    expect(platformOf({ platform: 'plain' }).name).toBe('plain');
    expect(platformOf({}).name).toBe('aliyun');
    const plain = platformOf({ platform: 'plain' });
    expect(methodOf(plain, { method: 'none' }).name).toBe('none');
    expect(methodOf(plain, {}).name).toBe('password');
  });

  it.each(PLATFORMS)('$name: what stands in for a name is a column or another name', ({ methods }) => {
    for (const { columns, nameFrom } of methods) {
      const known = ['clientId', ...columns.map(({ name }) => name)];
      expect(nameFrom.filter((name) => !known.includes(name))).toEqual([]);
    }
  });
});

it('every page that a comment on Aliyun cites is in the list of sources, and every one of the list is cited', () => {
  const files = ['src/platform/aliyun', 'src/stand-in/answers'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  const cited = new Set<string>();
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('/sources.ts')) continue;
    const comments = text.match(/\/\*\*[\s\S]*?\*\/|\/\/.*/g) ?? [];
    for (const comment of comments)
      for (const [, keys] of comment.matchAll(/\[([a-z]+(?:, [a-z]+)*)\]/g))
        for (const key of keys!.split(', ')) cited.add(key);
  }
  expect([...cited].sort()).toEqual(Object.keys(SOURCES).sort());
  for (const { url, date } of Object.values(SOURCES)) {
    expect(URL.canParse(url)).toBe(true);
    expect(date).toMatch(/^\d{4}(-\d\d){0,2}$/);
  }
});
