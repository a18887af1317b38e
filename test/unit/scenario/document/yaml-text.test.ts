import { describe, expect, it } from 'vitest';
import { LineCounter } from 'yaml';
import { SourceDocument } from '../../../../src/scenario/document/source-document.ts';
import { readYaml } from '../../../../src/scenario/document/yaml-text.ts';

function plainOf(text: string): unknown {
  return new SourceDocument('s.yaml', text).toValue();
}

function problemsOf(text: string): string[] {
  const source = new SourceDocument('s.yaml', text);
  source.checkAliases();
  source.toValue();
  return source.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('what a text means', () => {
  it.each([
    ['a: 1\nb: [x, null, true, .inf]', { a: 1, b: ['x', null, true, Number.POSITIVE_INFINITY] }],
    ['a: &x { k: v }\nb: *x\nc: [*x]', { a: { k: 'v' }, b: { k: 'v' }, c: [{ k: 'v' }] }],
    ['a: &x 1\nb: *x\nc: &x 2\nd: *x', { a: 1, b: 1, c: 2, d: 2 }],
    ['a: !!str 5\nb: !!int "6"', { a: '5', b: 6 }],
    ['constructor: x', { constructor: 'x' }],
    ['', null],
  ])('%j', (text, expected) => {
    expect(plainOf(text)).toEqual(expected);
  });

  it('makes __proto__ a key like any other', () => {
    const value = plainOf('__proto__: { a: 1 }') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('what no scenario holds', () => {
  it.each([
    ['a: &\u0001 b', '1:7: the name of this anchor has a blank or a control character'],
    ['a: &\ufeff b', '1:7: the name of this anchor has a blank or a control character'],
    ['a: !!binary aGk=', '1:13: this tag makes something that no scenario holds'],
    ['a: !!set { x }', '1:10: this tag makes'],
    ['a: !!omap [ x: 1 ]', '1:11: this tag makes'],
    ['a: !!timestamp 2001-12-14', '1:16: this tag makes'],
    ['%YAML 1.1\n---\na: !!binary aGk=', '1:1: the scenario says it is of another version of YAML'],
    ['a: 1\nb: 2\na: 3', '3:1: this key is given twice'],
    ['a: { b: 1, b: 2 }', '1:12: this key is given twice'],
    ['a: &x [*x]', '1:8: this alias is within what it stands for'],
    ['a: *x', '1:4: there is no anchor &x before this alias'],
    [`a: ${'['.repeat(70)}${']'.repeat(70)}`, '1:67: the scenario is nested too deeply'],
    [`a: ${'{a: '.repeat(20_000)}`, 'the scenario is nested too deeply'],
  ])('%j', (text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a text made to take long', () => {
  it('is refused by the number of its aliases, before they are looked up', () => {
    const text = `x: &a 1\ny:\n${' - *a\n'.repeat(1001)}`;
    const { doc, flaws, isWhole } = readYaml(text, new LineCounter());
    expect({ value: doc.toJS(), isWhole }).toEqual({ value: null, isWhole: false });
    expect(flaws).toEqual([
      { offset: text.length - 3, message: 'there are more than 1000 aliases', hint: expect.any(String) },
    ]);
    expect(problemsOf(text)).toEqual(['1003:4: there are more than 1000 aliases']);
    expect(problemsOf(`x: &a 1\ny:\n${' - *a\n'.repeat(1000)}`)).toEqual([]);
  });

  it('is refused by the number of its parts', () => {
    expect(readYaml(`[${'1,'.repeat(200_000)}]`).flaws).toEqual([
      expect.objectContaining({ message: 'the scenario is too long' }),
    ]);
  });

  it('is read in as many steps as it has keys: 30,000 of them, each asked for its place', () => {
    const keys = Array.from({ length: 30_000 }, (_, n) => `k${n}`);
    const source = new SourceDocument('s.yaml', keys.map((key) => `${key}: 1\n`).join(''));
    expect(source.problems).toEqual([]);
    expect(keys.map((key) => source.placeOfKey([], key).line)).toEqual(keys.map((_, n) => n + 1));
  });
});
