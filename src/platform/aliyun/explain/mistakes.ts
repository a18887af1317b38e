/** The ways clients are known to make a wrong password, each as a construction that can be repeated and compared. */
import { createHash } from 'node:crypto';
import { SIGNMETHODS } from '../../../model/scenario.ts';
import { hmacHex } from '../signing/credentials.ts';
import { CONTENT_MISTAKES } from './content-mistakes.ts';
import { EXTRA_MISTAKES } from './extra-mistakes.ts';
import {
  base64Forms,
  type GivenLogin,
  type Mistake,
  passwordOf,
  rightContent,
  withKey,
} from './password-parts.ts';

/** Mistakes in how the content is signed: the key, the hash, the encoding, the sending. */
const DIGEST_MISTAKES = [
  {
    id: 'device-secret-as-password',
    explanation:
      'The DeviceSecret itself was sent. It is the key of the HMAC and must never leave the device.',
    passwords: ({ triple }) => [triple.deviceSecret],
  },
  {
    id: 'no-password',
    explanation: 'The password is empty.',
    passwords: () => [''],
  },
  {
    id: 'wrong-algorithm',
    explanation:
      'The digest was made with another hash than the client id announces; without signmethod it announces hmacmd5. ' +
      'The official JS SDK signs with HMAC-SHA1 whatever it announces.',
    passwords: (login) =>
      SIGNMETHODS.filter((method) => method !== login.signmethod).map((signmethod) =>
        passwordOf({ ...login, signmethod }),
      ),
  },
  {
    id: 'key-and-message-swapped',
    explanation: 'The HMAC was called with the content as key and the DeviceSecret as message.',
    passwords: (login) => [hmacHex(login.signmethod, rightContent(login), login.triple.deviceSecret)],
  },
  plainHash('md5'),
  plainHash('sha1'),
  plainHash('sha256'),
  {
    id: 'base64',
    explanation: 'The digest was encoded in base64; the platform takes hexadecimal digits.',
    passwords: (login) => base64Forms(Buffer.from(passwordOf(login), 'hex')),
  },
  {
    id: 'base64-of-hex',
    explanation: 'The hexadecimal digits were encoded again, in base64. Send the digits themselves.',
    passwords: (login) => base64Forms(Buffer.from(passwordOf(login))),
  },
  {
    id: 'hex-twice',
    explanation: 'The hexadecimal digits were encoded again, in hexadecimal. Send the digits themselves.',
    passwords: (login) => [Buffer.from(passwordOf(login)).toString('hex')],
  },
  {
    id: 'secret-newline',
    explanation: 'The DeviceSecret was read with the newline, space or quotes around it. Trim it.',
    passwords: (login) => {
      const secret = login.triple.deviceSecret;
      // A NUL is not among them: HMAC pads its key with zeros, so that it changes nothing.
      const forms = [`${secret}\n`, `${secret}\r\n`, `${secret}\r`, `${secret} `, ` ${secret}`];
      return [...forms, `"${secret}"`].map((key) => withKey(login, key));
    },
  },
  {
    id: 'secret-decoded',
    explanation: 'The DeviceSecret was decoded from hex or base64. Its characters themselves are the key.',
    passwords: (login) =>
      (['hex', 'base64'] as const)
        .map((encoding) => Buffer.from(login.triple.deviceSecret, encoding))
        // What is not of the encoding decodes to nothing, and an empty key is another mistake.
        .filter((key) => key.length > 0)
        .map((key) => withKey(login, key)),
  },
  {
    id: 'no-secret',
    explanation: 'The key of the HMAC was empty: the DeviceSecret never arrived there.',
    passwords: (login) => [withKey(login, '')],
  },
  {
    id: 'product-secret',
    explanation:
      'The ProductSecret was used for the DeviceSecret. It signs registrations only, never logins.',
    passwords: ({ productSecret, ...login }) =>
      productSecret === undefined ? [] : [withKey(login, productSecret), productSecret],
  },
  {
    id: 'password-framed',
    explanation: 'The right password has a newline, space, NUL or quotes around it.',
    passwords: (login) => {
      const right = passwordOf(login);
      return [
        `${right}\n`,
        `${right}\r\n`,
        `${right} `,
        ` ${right}`,
        `${right}\0`,
        `"${right}"`,
        `0x${right}`,
      ];
    },
  },
  {
    id: 'password-cut',
    explanation: 'The right password is cut short: a buffer was too small.',
    passwords: (login) => {
      const right = passwordOf(login);
      // Fewer than eight digits would name this mistake by chance.
      return Array.from({ length: right.length - 8 }, (_, cut) => right.slice(0, 8 + cut));
    },
  },
] as const satisfies readonly Mistake[];

/** In the order in which they are tried; the first that fits is named. */
export const MISTAKES = [...CONTENT_MISTAKES, ...DIGEST_MISTAKES, ...EXTRA_MISTAKES] as const;

function plainHash<const Name extends string>(name: Name) {
  return {
    id: `plain-${name}`,
    explanation: `The digest is a plain ${name} of secret and content. It must be an HMAC.`,
    passwords: (login: GivenLogin) => {
      const content = rightContent(login);
      const { deviceSecret } = login.triple;
      return [deviceSecret + content, content + deviceSecret, content].map((text) =>
        createHash(name).update(text).digest('hex'),
      );
    },
  } as const;
}
