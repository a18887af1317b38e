/** `mqtt-fleet sign`: one triple's CONNECT parameters, and which mistake made a wrong password. */
import type { CommandModule } from 'yargs';
import type { Door } from '../../app/door.ts';
import { EXIT } from '../../app/exit-code.ts';
import { readGivenText } from '../../input/given-file.ts';
import type { Triple } from '../../model/devices/device-table.ts';
import { FleetError } from '../../model/errors.ts';
import { SIGNMETHODS, type Signmethod, type Target } from '../../model/scenario.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { parseClientId } from '../../platform/aliyun/client-id.ts';
import { contentOf, sign, timestampText } from '../../platform/aliyun/credentials.ts';
import { securemodeOf } from '../../platform/aliyun/endpoint.ts';
import { type Explanation, explainPassword } from '../../platform/aliyun/explain/explain.ts';
import { signmethodOf } from '../../platform/aliyun/verify.ts';
import { endpointOf, isTls } from '../../platform/endpoint.ts';

/** Optional flags have their defaults filled in here, not by yargs: what --sent-client-id says comes before a default. */
interface SignArgs {
  productKey: string;
  deviceName: string;
  clientId: string | undefined;
  timestamp: string | undefined;
  signmethod: Signmethod | undefined;
  tls: boolean | undefined;
  region: string | undefined;
  instance: string | undefined;
  secretFile: string | undefined;
  explain: string | undefined;
  sentClientId: string | undefined;
  json: boolean;
}

const DEFAULT_REGION = 'cn-shanghai';

export function signCommand(door: Door): CommandModule {
  return {
    command: 'sign',
    describe: "Print one device's CONNECT parameters, or name the mistake that made a wrong password",
    builder: (yargs) =>
      yargs
        .option('product-key', { type: 'string', demandOption: true, describe: 'ProductKey' })
        .option('device-name', { type: 'string', demandOption: true, describe: 'DeviceName' })
        .option('secret-file', {
          type: 'string',
          describe: 'File with the DeviceSecret; else the environment variable DEVICE_SECRET is read',
        })
        .option('client-id', {
          type: 'string',
          describe: 'Free part of the client id',
          defaultDescription: '<ProductKey>.<DeviceName>',
        })
        .option('timestamp', {
          type: 'string',
          describe: 'now, omit, or a number',
          defaultDescription: 'now',
        })
        .option('signmethod', {
          choices: SIGNMETHODS,
          describe: 'Hash of the HMAC',
          defaultDescription: 'hmacsha1',
        })
        .option('tls', {
          type: 'boolean',
          describe: 'TLS (securemode 2); --no-tls is plain TCP (securemode 3)',
          defaultDescription: 'true',
        })
        .option('region', {
          type: 'string',
          describe: 'Region of a legacy public instance',
          defaultDescription: DEFAULT_REGION,
        })
        .option('instance', { type: 'string', describe: 'Id of an instance that has its own host' })
        .conflicts('region', 'instance')
        .option('explain', {
          type: 'string',
          describe:
            'A password: is it right (exit code 0), or which mistake made it (exit code 99)? PRODUCT_SECRET is read too, where it is set',
        })
        .option('sent-client-id', {
          type: 'string',
          describe: 'With --explain: the whole client id the device sent, with its |...| part',
        })
        .implies('sent-client-id', 'explain')
        .option('json', { type: 'boolean', default: false, describe: 'Print JSON' }),
    handler: async (args) => {
      const { text, isRight } = await run(args as unknown as SignArgs, door.env);
      door.stdout.write(text);
      // Like a threshold: the check was made, and it failed.
      if (!isRight) door.finish(EXIT.threshold);
    },
  };
}

/** What is printed; `isRight` is false only for a password that was to be explained and is wrong. */
async function run(args: SignArgs, env: NodeJS.ProcessEnv): Promise<{ text: string; isRight: boolean }> {
  const sent = announcedBy(args.sentClientId);
  const triple: Triple = {
    productKey: nameOf('--product-key', args.productKey),
    deviceName: nameOf('--device-name', args.deviceName),
    deviceSecret: await deviceSecretOf(args.secretFile, env),
    clientId: args.clientId ?? sent.clientId ?? `${args.productKey}.${args.deviceName}`,
  };
  const signmethod = args.signmethod ?? sent.signmethod ?? 'hmacsha1';
  const tls = args.tls ?? sent.tls ?? true;
  const timestamp = timestampOf(args, sent);
  const endpoint = endpointOf(aliyun, targetOf(args, tls), triple.productKey);
  const securemode = securemodeOf(endpoint.protocol);
  const { mqttClientId, username, password } = sign(triple, signmethod, securemode, timestamp);
  mustBeWellFormed(mqttClientId);

  const explanation =
    args.explain === undefined
      ? undefined
      : explainPassword(
          triple,
          {
            signmethod,
            securemode,
            timestamp,
            ...(args.sentClientId === undefined ? {} : { sentClientId: args.sentClientId }),
            ...(env.PRODUCT_SECRET ? { productSecret: env.PRODUCT_SECRET } : {}),
          },
          args.explain,
        );
  const isRight = explanation === undefined || explanation.kind === 'right';
  const { host, port } = endpoint;
  // `clientId` is the field of CONNECT here, as MQTT calls it.
  const shown = {
    content: contentOf(triple, timestamp),
    clientId: mqttClientId,
    username,
    password,
    host,
    port,
  };
  if (args.json) {
    const result = { ...shown, tls: isTls(endpoint.protocol), explanation };
    return { text: `${terminalJson(result)}\n`, isRight };
  }
  const rows = Object.entries(shown);
  const lines = rows.map(([label, value]) => row(label, String(value)));
  if (explanation) lines.push(...explanationLines(explanation));
  return { text: `${lines.join('\n')}\n`, isRight };
}

function row(label: string, value: string): string {
  return `${label.padEnd(10)}${terminalText(value)}`;
}

function explanationLines(explanation: Explanation): string[] {
  switch (explanation.kind) {
    case 'right':
      return [row('verdict', 'right: this is the password of that client id')];
    case 'mistake':
      return [row('verdict', `wrong: ${explanation.mistake}`), row('', explanation.explanation)];
    case 'unknown':
      return [
        row('verdict', 'wrong, by no mistake known here; to check:'),
        ...explanation.hints.map((hint) => row('', hint)),
      ];
  }
}

interface Announced {
  clientId?: string;
  signmethod?: Signmethod;
  tls?: boolean;
  /** Present and undefined where the client id carries none. */
  timestamp?: string | undefined;
}

/** What a client id on the wire tells of the login, as far as it can be read. */
function announcedBy(sentClientId: string | undefined): Announced {
  if (sentClientId === undefined) return {};
  const id = parseClientId(sentClientId);
  if (!id.ok) return { timestamp: undefined };
  const signmethod = signmethodOf(id.params.get('signmethod'));
  return {
    clientId: id.clientId,
    ...(signmethod ? { signmethod } : {}),
    tls: id.params.get('securemode') !== '3',
    timestamp: id.params.get('timestamp'),
  };
}

function timestampOf({ timestamp, explain }: SignArgs, sent: Announced): string | undefined {
  if (timestamp === undefined && 'timestamp' in sent) return sent.timestamp;
  if (timestamp !== undefined && /^\d+$/.test(timestamp)) return timestamp;
  if (timestamp === 'omit') return undefined;
  if (timestamp !== undefined && timestamp !== 'now') {
    throw new FleetError('bad-input', `--timestamp ${timestamp} is none of now, omit, a number`);
  }
  if (explain !== undefined) {
    throw new FleetError('bad-input', '--explain needs the timestamp of the login it explains', {
      hint: 'give --timestamp with the number or omit, or --sent-client-id with the whole client id the device sent',
    });
  }
  return timestampText('now', Date.now());
}

function targetOf({ region, instance }: SignArgs, tls: boolean): Target {
  return instance === undefined
    ? { kind: 'region', region: region ?? DEFAULT_REGION, tls }
    : { kind: 'instance', instance, tls };
}

async function deviceSecretOf(secretFile: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const secret = secretFile === undefined ? env.DEVICE_SECRET : await readSecret(secretFile);
  if (secret) return secret;
  throw new FleetError(
    'bad-input',
    secretFile === undefined ? 'no DeviceSecret' : `${secretFile}: the file is empty`,
    {
      hint: 'put it into a file for --secret-file, or into the environment variable DEVICE_SECRET; there is no flag for it',
    },
  );
}

/** A secret has 32 characters. */
const MAX_SECRET_BYTES = 4096;

/** Editors and `echo` end the file with a newline that is no part of the secret. */
async function readSecret(file: string): Promise<string> {
  const read = await readGivenText(file, MAX_SECRET_BYTES);
  if ('text' in read) return read.text.replace(/[\r\n]+$/, '');
  // The name is not repeated: who takes the flag for one of the secret has written the secret there.
  const message = read.isMissing ? 'there is no such file' : `the file ${read.wrong}`;
  throw new FleetError('bad-input', `--secret-file: ${message}`, {
    hint: 'name a file that holds the DeviceSecret, not the secret itself',
  });
}

/** The user name is <DeviceName>&<ProductKey>: an & within either could not be told from the one between them. */
function nameOf(flag: string, value: string): string {
  if (value !== '' && !value.includes('&')) return value;
  throw new FleetError('bad-input', `${flag} is ${value === '' ? 'empty' : 'not a name: it holds an &'}`);
}

function mustBeWellFormed(mqttClientId: string): void {
  const id = parseClientId(mqttClientId);
  if (!id.ok) throw new FleetError('bad-input', `the client id ${mqttClientId} is malformed: ${id.problem}`);
}
