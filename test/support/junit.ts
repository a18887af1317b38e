/** Reads JUnit XML as a CI server does: parsed by libxml2 from the bytes of the file, held against the schema. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XmlDocument, type XmlElement, XsdValidator } from 'libxml2-wasm';

const SCHEMA = fileURLToPath(new URL('../fixtures/junit.xsd', import.meta.url));
const VALIDATOR = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(SCHEMA)));

export interface JUnitCase {
  name: string;
  classname: string;
  /** Absent: it passed. */
  problem?: { tag: string; type: string; message: string; text: string };
}

export interface JUnitSuite {
  name: string;
  tests: number;
  failures: number;
  errors: number;
  cases: JUnitCase[];
  systemOut: string;
}

/** Throws, with the parser's words, what is not well-formed or not valid. */
export function readJUnit(xml: string): JUnitSuite {
  const doc = XmlDocument.fromBuffer(Buffer.from(xml, 'utf8'));
  try {
    VALIDATOR.validate(doc);
    return suiteOf(doc.get('/testsuites/testsuite') as XmlElement);
  } finally {
    doc.dispose();
  }
}

function suiteOf(suite: XmlElement): JUnitSuite {
  return {
    name: attribute(suite, 'name'),
    tests: Number(attribute(suite, 'tests')),
    failures: Number(attribute(suite, 'failures')),
    errors: Number(attribute(suite, 'errors')),
    cases: suite.find('testcase').map((testcase) => caseOf(testcase as XmlElement)),
    systemOut: suite.get('system-out')?.content ?? '',
  };
}

function caseOf(testcase: XmlElement): JUnitCase {
  const name = attribute(testcase, 'name');
  const classname = attribute(testcase, 'classname');
  const problem = testcase.get('failure | error | skipped') as XmlElement | null;
  if (problem === null) return { name, classname };
  const type = attribute(problem, 'type');
  const message = attribute(problem, 'message');
  return { name, classname, problem: { tag: problem.name, type, message, text: problem.content } };
}

function attribute(element: XmlElement, name: string): string {
  return element.attr(name)?.value ?? '';
}
