/**
 * YAML text → a document of maps, lists and scalars, or what is wrong with it. Whatever the text is, this takes time in proportion to its
 * length: the parser's own search for keys given twice and for the anchor of an alias is quadratic, and a signal is not heard meanwhile.
 */
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  Lexer,
  type LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
  type YAMLParseError,
} from 'yaml';

/** What is wrong with a text, and where, unless that cannot be told. */
export interface Flaw {
  offset: number | undefined;
  message: string;
  hint?: string;
}

export interface YamlText {
  doc: Document;
  flaws: Flaw[];
  warnings: Flaw[];
  /** False when there is nothing to look at beyond the flaws. A key given twice still leaves a document. */
  isWhole: boolean;
}

/** Words, marks and white space: that many take the parser well under a second, and are some 30,000 lines. */
const MAX_LEXEMES = 250_000;
const MAX_ALIASES = 1000;
/** A sound scenario has eight levels. */
const MAX_DEPTH = 64;
const MAX_SYNTAX_FLAWS = 20;
/** Beginning of V8's words, which the parser passes on. */
const STACK_OVERFLOW = 'Maximum call stack';
const TOO_DEEP = 'the scenario is nested too deeply';

/** What the lexer puts in of its own: a document, a broken flow collection and a scalar begin. */
const LEXER_MARKS = new Set(['\u0002', '\u0018', '\u001f']);

/** Tags that make bytes, dates and sets, which no value of a scenario is. Any other tag that is not known leaves a text, and a warning. */
const STRANGE_TAGS = new Set(
  ['binary', 'merge', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Reads a text; never throws. */
export function readYaml(text: string, lineCounter?: LineCounter): YamlText {
  const excess = excessOf(text);
  if (excess !== undefined) {
    if (lineCounter !== undefined) countLines(text, lineCounter);
    return unread(excess);
  }
  let doc: Document;
  try {
    // The default schema is YAML 1.2's core: `no` is a text, and so is 4s. Keys that are no strings could not be named in a problem.
    doc = parseDocument(text, {
      ...(lineCounter === undefined ? {} : { lineCounter }),
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
    });
  } catch (error) {
    // The parser descends by recursion.
    if (!(error instanceof RangeError)) throw error;
    return unread({ offset: 0, message: TOO_DEEP });
  }
  const warnings = doc.warnings.map(flawOf);
  const syntax = syntaxErrors(doc.errors).map(flawOf);
  if (syntax.length > 0) return { doc, flaws: syntax, warnings, isWhole: false };
  if (doc.directives?.yaml.version !== '1.2') return { doc, flaws: [OLD_VERSION], warnings, isWhole: false };
  const { strange, twice } = inspect(doc);
  return { doc, flaws: [...strange, ...twice], warnings, isWhole: strange.length === 0 };
}

const OLD_VERSION: Flaw = {
  offset: 0,
  message: 'the scenario says it is of another version of YAML',
  hint: 'leave the %YAML line out; YAML 1.2 is read',
};

function unread(flaw: Flaw): YamlText {
  return { doc: new Document(null), flaws: [flaw], warnings: [], isWhole: false };
}

/** Tells the counter of all lines, as the parser does while it reads. */
function countLines(text: string, { addNewLine }: LineCounter): void {
  addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) addNewLine(at + 1);
}

/** What of a text is more than the parser can be trusted with; undefined where nothing is. */
function excessOf(text: string): Flaw | undefined {
  let offset = 0;
  let lexemes = 0;
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('*') && ++aliases > MAX_ALIASES) {
      return { offset, message: `there are more than ${MAX_ALIASES} aliases`, hint: WRITE_OUT };
    }
    if (++lexemes > MAX_LEXEMES) {
      return {
        offset: undefined,
        message: 'the scenario is too long',
        hint: 'devices go into a list of their own',
      };
    }
    if (!LEXER_MARKS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

export const WRITE_OUT = 'write out what they stand for';

/** The errors to tell: one broken bracket may bring hundreds in its train; and a parser that ran out of stack has only that to say. */
function syntaxErrors(errors: YAMLParseError[]): YAMLParseError[] {
  const tooDeep = errors.find((error) => error.message.startsWith(STACK_OVERFLOW));
  return tooDeep === undefined ? errors.slice(0, MAX_SYNTAX_FLAWS) : [tooDeep];
}

function flawOf(error: YAMLError): Flaw {
  return { offset: error.pos[0], message: messageOf(error) };
}

/** The parser's own words, without what they quote: a tag, a token or a header is any text that is where it should not be. */
function messageOf({ code, message }: YAMLError): string {
  if (message.startsWith(STACK_OVERFLOW)) return TOO_DEEP;
  if (code === 'TAG_RESOLVE_FAILED') return 'this tag is not known; put a text that begins with ! in quotes';
  if (code === 'BAD_DIRECTIVE') return 'this directive is not known';
  if (code === 'BAD_DQ_ESCAPE') return 'Invalid escape sequence';
  return message.replace(/(?<=\w): .*$/s, '').split('\n', 1)[0]!;
}

/** What the parser takes and a scenario does not, and the keys that are there twice. */
function inspect(doc: Document): { strange: Flaw[]; twice: Flaw[] } {
  const strange: Flaw[] = [];
  const twice: Flaw[] = [];
  const open: [Node, number][] = doc.contents === null ? [] : [[doc.contents, 1]];
  while (open.length > 0) {
    const [node, depth] = open.pop()!;
    const offset = node.range?.[0];
    if (depth > MAX_DEPTH) return { strange: [{ offset, message: TOO_DEEP }], twice: [] };
    if (!isAlias(node) && node.tag !== undefined && STRANGE_TAGS.has(node.tag)) {
      strange.push({ offset, message: 'this tag makes something that no scenario holds', hint: TAG_HINT });
    }
    if (!isAlias(node) && STRANGE_ANCHOR.test(node.anchor ?? '')) {
      strange.push({ offset, message: 'the name of this anchor has a blank or a control character' });
    }
    if (isMap(node)) twice.push(...keysTwice(node.items.map(({ key }) => key)));
    if (!isCollection(node)) continue;
    for (const item of node.items) {
      for (const part of isPair(item) ? [item.key, item.value] : [item]) {
        if (isAlias(part) || isScalar(part) || isCollection(part)) open.push([part, depth + 1]);
      }
    }
  }
  return { strange, twice: twice.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0)) };
}

/** The parser reads such a name, a byte-order mark for one, but writes none: the scenario of a report could not be written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const STRANGE_ANCHOR = /[\u0000-\u001f\s]/;

const TAG_HINT = 'leave it out; a text that begins with ! goes in quotes';

function keysTwice(keys: readonly unknown[]): Flaw[] {
  const seen = new Set<unknown>();
  const twice: Flaw[] = [];
  for (const key of keys) {
    const name = isScalar(key) ? key.value : key;
    if (seen.has(name)) {
      twice.push({ offset: isScalar(key) ? key.range?.[0] : undefined, message: 'this key is given twice' });
    }
    seen.add(name);
  }
  return twice;
}
