/** `mqtt-fleet sign`: one triple's CONNECT parameters, and which mistake made a wrong password. */
import { EXIT } from '../../app/exit-code.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { type Explanation, explainPassword } from '../../platform/aliyun/explain/explain.ts';
import { consoleParameters, differencesFromConsole } from '../../platform/aliyun/signing/console.ts';
import { contentOf } from '../../platform/aliyun/signing/credentials.ts';
import { endpointOf } from '../../platform/endpoint.ts';
import type { Command } from '../command.ts';
import { SIGN_FLAGS, type SignFlags, signTargetOf } from '../flags/sign-flags.ts';
import { type DescribedLogin, describedLogin } from '../flags/sign-login.ts';

export const signCommand: Command<typeof SIGN_FLAGS.fields> = {
  usage: 'sign',
  describe: "Print one device's CONNECT parameters, or name the mistake that made a wrong password",
  flags: SIGN_FLAGS,
  async run(flags, door) {
    const { text, isRight } = signed(flags, door.env);
    door.stdout.write(text);
    // Like a threshold: the check was made, and it failed.
    if (!isRight) door.finish(EXIT.threshold);
  },
};

/** What is printed; `isRight` is false only for a password that was to be explained and is wrong. */
function signed(flags: SignFlags, env: NodeJS.ProcessEnv): { text: string; isRight: boolean } {
  const login = describedLogin(flags, flags.secretFile?.value ?? env.DEVICE_SECRET!);
  const { triple, tls, timestamp, credentials } = login;
  const { host, port } = endpointOf(aliyun, signTargetOf(flags, tls), triple.productKey);
  const explanation = explanationOf(login, flags, env);
  const isRight = explanation === undefined || explanation.kind === 'right';
  // `clientId` is the field of CONNECT here, as MQTT calls it.
  const { mqttClientId, username, password } = credentials;
  const shown = {
    content: contentOf(triple, timestamp),
    clientId: mqttClientId,
    username,
    password,
    host,
    port,
  };
  const differs = differencesFromConsole(login);
  const console = consoleParameters(triple, timestamp ?? String(Date.now()));
  if (flags.json) {
    const result = { ...shown, tls, console: { ...console, differs }, explanation };
    return { text: `${terminalJson(result)}\n`, isRight };
  }
  const lines = Object.entries(shown).map(([label, value]) => row(label, String(value)));
  lines.push(...consoleLines(console.passwd, differs));
  if (explanation) lines.push(...explanationLines(explanation));
  return { text: `${lines.join('\n')}\n`, isRight };
}

function explanationOf(
  { triple, credentials, ...how }: DescribedLogin,
  { explain, sentClientId, sentUsername }: SignFlags,
  { PRODUCT_SECRET }: NodeJS.ProcessEnv,
): Explanation | undefined {
  if (explain === undefined) return undefined;
  const settings = {
    ...how,
    sentClientId: sentClientId ?? credentials.mqttClientId,
    sentUsername,
    ...(PRODUCT_SECRET ? { productSecret: PRODUCT_SECRET } : {}),
  };
  return explainPassword(triple, settings, explain);
}

function row(label: string, value: string): string {
  return `${label.padEnd(10)}${terminalText(value)}`;
}

function consoleLines(passwd: string, differs: readonly string[]): string[] {
  if (differs.length === 0) return [row('console', 'shows the same password, where it has this timestamp')];
  const why = `what the console shows for this device and timestamp: ${differs.join('; ')}`;
  return [row('console', passwd), row('', why)];
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
