/** The pages for people: small where they begin, whole where they lead, and the same in both languages. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_README_BYTES = 12_000;
const MAX_PICTURE_BYTES = 250_000;

const PAGES = ['.', 'src', 'scenarios', 'reports', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file)),
);

const text = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** As GitHub makes them of a heading. */
function anchorsOf(page: string): string[] {
  return [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linksOf(page: string): string[] {
  return [...text(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^https?:/.test(link));
}

it('has its pages where they are looked for', () => {
  expect(PAGES).toEqual(
    expect.arrayContaining(['README.md', 'README.zh-CN.md', 'src/README.md', 'reports/README.md']),
  );
});

it('is small where it begins', () => {
  expect(Buffer.byteLength(text('README.md'))).toBeLessThanOrEqual(MAX_README_BYTES);
});

it.each(PAGES)('%s leads to what is there', (page) => {
  const lost = linksOf(page).filter((link) => {
    const [path, anchor] = link.split('#') as [string, string?];
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(lost).toEqual([]);
});

it('leads nowhere that the package does not go, from a page in it', () => {
  const { files } = JSON.parse(text('package.json')) as { files: string[] };
  /** `**` stands for any folders, or none, and `*` for anything in a name; a folder is all that is in it. */
  const patterns = files.map((file) => {
    const pattern = file
      .replace(/[.]/g, '\\$&')
      .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
    return new RegExp(`^${pattern}(?:/|$)`);
  });
  const isShipped = (file: string): boolean => patterns.some((pattern) => pattern.test(file));
  const links = PAGES.filter(isShipped).flatMap((page) =>
    linksOf(page).map((link) => join(dirname(page), link.split('#')[0] || page.split('/').at(-1)!)),
  );
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((file) => !isShipped(file))).toEqual([]);
});

it('shows pictures that are small', () => {
  const pictures = PAGES.flatMap((page) => linksOf(page).map((link) => join(dirname(page), link))).filter(
    (file) => file.endsWith('.png'),
  );
  expect(new Set(pictures).size).toBe(2);
  for (const picture of pictures)
    expect(statSync(join(ROOT, picture)).size, picture).toBeLessThan(MAX_PICTURE_BYTES);
});

describe('README.zh-CN.md', () => {
  const [english, chinese] = [text('README.md'), text('README.zh-CN.md')];
  /** Comments in it are translated. */
  const blocks = (page: string): string[] =>
    [...page.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block]) => block!.replace(/ +# .*$/gm, ''));
  const commandsOf = (page: string): string[] =>
    [...page.matchAll(/^\| (`[^`]*`) /gm)].map(([, cell]) => cell!);

  it('has the headings of the English one, level by level', () => {
    const levels = (page: string): string[] => [...page.matchAll(/^(#+) /gm)].map(([, level]) => level!);
    expect(levels(chinese)).toEqual(levels(english));
  });

  it('has the same commands, examples and reports', () => {
    expect(blocks(english).length).toBeGreaterThan(5);
    expect(blocks(chinese)).toEqual(blocks(english));
  });

  it('tells of the same commands and pages', () => {
    expect(commandsOf(english).length).toBeGreaterThan(8);
    expect(commandsOf(chinese)).toEqual(commandsOf(english));
    expect(new Set(linksOf('README.zh-CN.md').filter((link) => !link.startsWith('README')))).toEqual(
      new Set(linksOf('README.md').filter((link) => !link.startsWith('README'))),
    );
  });
});
