/**
 * The elements of one JSON array, cut out of its text one after another. JSON.parse over the whole list would hold a million objects and
 * would say nothing of lines.
 */

export interface JsonElement {
  text: string;
  /** Line, from 1, on which the element begins. */
  line: number;
}

/** A place at which the array itself is broken, outside its elements. */
export interface JsonBreak {
  line: number;
  message: string;
}

/** Yields elements, each still to be parsed, and at most one break, which is the last thing. */
export function* jsonElements(text: string): Generator<JsonElement | JsonBreak> {
  const cursor = new Cursor(text);
  cursor.skipSpace();
  if (!cursor.take('[')) return yield cursor.break('a JSON device list is an array: [{"productKey": …}]');
  cursor.skipSpace();
  let more = !cursor.take(']');
  while (more) {
    cursor.skipSpace();
    const line = cursor.line;
    const element = cursor.takeElement();
    if (element === '') return yield cursor.break('a device is expected here');
    yield { text: element, line };
    if (cursor.take(']')) more = false;
    else if (!cursor.take(',')) return yield cursor.break('the array is not closed: ] is missing');
  }
  cursor.skipSpace();
  if (!cursor.atEnd) yield cursor.break('there is something after the end of the array');
}

class Cursor {
  line = 1;
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  break(message: string): JsonBreak {
    return { line: this.line, message };
  }

  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  skipSpace(): void {
    for (; !this.atEnd && ' \t\r\n'.includes(this.text[this.at]!); this.at++) {
      if (this.text[this.at] === '\n') this.line++;
    }
  }

  /** Up to the comma or bracket that ends the element: those in strings and in nested brackets do not. */
  takeElement(): string {
    const start = this.at;
    let depth = 0;
    let inString = false;
    for (; !this.atEnd; this.at++) {
      const char = this.text[this.at];
      if (char === '\n') this.line++;
      if (inString) {
        if (char === '\\') this.at++;
        else if (char === '"') inString = false;
      } else if (char === '"') inString = true;
      else if (char === '{' || char === '[') depth++;
      else if (depth === 0 && (char === ',' || char === ']')) break;
      else if (char === '}' || char === ']') depth--;
    }
    return this.text.slice(start, this.at).trimEnd();
  }
}
