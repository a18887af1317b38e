/** Texts as brokers, device lists and errors may bring them: what the formats of reports stumble over, in any mixture. */
import fc from 'fast-check';

const OF_XML = ']]> <![CDATA[ </failure> &#0; &amp; & < > " \' --> <?x true @ {}'.split(' ');
const OF_MARKDOWN =
  '| \\| \\ ` ``` *x* **b** * _ _i_ ~~s~~ # ![x](y) [x]: | - > 1. $x$ <img/src=x/onerror=alert(1)> <!-- ${seq} %0A , :: \n\n'.split(
    ' ',
  );
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
      fc.constantFrom(...OF_XML, ...OF_MARKDOWN, ...OF_UNICODE, ...OF_UTF16),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
