/**
 * A device as people have them: one of the platform's JavaScript SDKs does all that it can, and each answer is printed as a line of JSON.
 * A process of its own, since these SDKs connect for ever. Argument: what to require; standard input: their configuration.
 */
const sdk = require(process.argv[2]);
const { readFileSync } = require('node:fs');

const config = JSON.parse(readFileSync(0, 'utf8'));
const { productKey, deviceName } = config;
const device = sdk.device(config);

function told(what, answer) {
  process.stdout.write(`${JSON.stringify({ what, answer })}\n`);
}

/** One thing after another: both SDKs number their shadows by the clock. */
async function ask(what, asked) {
  const answer = await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${what} was not answered`)), 5_000).unref();
    asked(resolve);
  });
  told(what, answer);
  await new Promise((resolve) => setTimeout(resolve, 2));
}

/** What the SDK has no function for: its own publish and subscribe. */
function exchange(topic, answerTopic, request) {
  return (answered) => {
    device.subscribe(answerTopic, (error) => {
      if (error) throw error;
      device.publish(topic, JSON.stringify(request));
    });
    device.on('message', (heard, payload) => {
      if (heard === answerTopic) answered(JSON.parse(payload.toString()));
    });
  };
}

async function live() {
  let shadowTold = () => {};
  device.onShadow((answer) => shadowTold(answer));
  const shadow = (asked) => (answered) => {
    shadowTold = answered;
    asked();
  };
  const at = `${productKey}/${deviceName}`;
  await ask('property', (answered) => device.postProps({ temperature: 21.5 }, answered));
  await ask('event', (answered) => device.postEvent('alarm', { level: 1 }, answered));
  await ask('tags', (answered) => device.postTags([{ attrKey: 'room', attrValue: 'attic' }], answered));
  await ask('no tags', (answered) => device.deleteTags(['room'], answered));
  await ask('config', (answered) => device.getConfig(answered));
  await ask(
    'shadow',
    shadow(() => device.postShadow({ color: 'red', on: true })),
  );
  await ask(
    'shadow without',
    shadow(() => device.deleteShadow(['on'])),
  );
  await ask(
    'whole shadow',
    shadow(() => device.getShadow()),
  );
  await ask('time', exchange(`/ext/ntp/${at}/request`, `/ext/ntp/${at}/response`, { deviceSendTime: '100' }));
  const firmware = `/sys/${at}/thing/ota/firmware/get`;
  await ask('firmware', exchange(firmware, `${firmware}_reply`, { id: '7', version: '1.0', params: {} }));
}

device.on('connect', () => {
  told('connect');
  live().then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
});
// The one SDK tells an error, the other a list of them.
device.on('error', (told) => {
  const [error] = [told].flat();
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
