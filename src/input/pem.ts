/** What is in a file that should hold certificates or a key in PEM (RFC 7468), told without showing any of it. */

export interface PemBlock {
  label: string;
  text: string;
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g;

/** Blocks of a text, in order; a block without its end goes to the end of the text. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BEGIN)].map((match) => {
    const label = match[1]!;
    const end = `-----END ${label}-----`;
    const at = text.indexOf(end, match.index);
    return { label, text: text.slice(match.index, at < 0 ? undefined : at + end.length) };
  });
}

/** What a file holds in place of what it should, as a predicate; for files without the right block. */
export function insteadOf(
  wanted: 'certificate' | 'key',
  content: Buffer,
  blocks: readonly PemBlock[],
): string {
  if (content.toString('latin1').trim() === '') return 'is empty';
  const label = blocks[0]?.label ?? '';
  if (/PRIVATE KEY$/.test(label)) return `holds a key, not a ${wanted}`;
  if (/CERTIFICATE REQUEST$/.test(label)) return `holds a request for a certificate, not a ${wanted}`;
  if (/CERTIFICATE$/.test(label)) return `holds a certificate, not a ${wanted}`;
  if (/PUBLIC KEY$/.test(label)) return `holds a public key, not a ${wanted}`;
  // A SEQUENCE of more than 255 bytes: how each certificate and nearly each key begins in DER.
  if (content[0] === 0x30 && content[1] === 0x82) return 'is in DER, not in PEM';
  return 'is not in PEM';
}
