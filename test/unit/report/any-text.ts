/** Texts as brokers, device lists and errors may bring them: what the formats of reports stumble over, in any mixture. */
import fc from 'fast-check';

const OF_XML = ']]> <![CDATA[ </failure> &#0; &amp; & < > " \' --> <?x true @ {}'.split(' ');
const OF_MARKDOWN =
  '| \\| \\ ` ``` *x* **b** * _ _i_ ~~s~~ # ![x](y) [x]: | - > 1. $x$ <img/src=x/onerror=alert(1)> <!-- ${seq} %0A , :: \n\n'.split(
    ' ',
  );
/** What becomes a link by itself, and what a runner of GitHub obeys. */
const OF_GITHUB = [
  'https://a_b.c/d',
  'www.a_b.c',
  '_www.a_b.c',
  'ftp://x',
  'a_b@c.de',
  '@user',
  '::error::x',
  '##[group]',
  '\n::stop-commands::t',
];
/** C1 has a CSI and an OSC of its own; the others turn the direction of writing round, or are seen by nobody. */
const OF_TERMINALS = [
  '\u009b31m',
  '\u001b]0;title\u0007',
  '\u009d0;x\u009c',
  '\u202e',
  '\u2066',
  '\u200f',
  '\ufeff',
  '\u007f',
  '\u{10000}\u0000',
];
const OF_UNICODE = [
  '\0',
  '\b',
  '\u001b[31m',
  '\r\n',
  '\r',
  '\n',
  '\t',
  ' ',
  '\u0085',
  '\u2028',
  '\ufffe',
  '\uffff',
];
/** The last is a pair the wrong way round. */
const OF_UTF16 = ['\ud800', '\udc00', '😀', '設備', 'é', '\ude00\ud83d'];

export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      // Code units as they come, so that halves of characters are among them.
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 })
        .map((units) => String.fromCharCode(...units)),
      fc.constantFrom(...OF_XML, ...OF_MARKDOWN, ...OF_UNICODE, ...OF_GITHUB, ...OF_TERMINALS, ...OF_UTF16),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
