/**
 * What the platform and MQTT demand beyond the form of a scenario. Pure. Messages are predicates of the value they are about
 * ("has a wildcard"), hints may quote it: where a value came from the environment, hints are left out.
 */
import { isIP } from 'node:net';
import type { Complain } from '../../input/fields.ts';
import { createPacer } from '../../load/time/pacer.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { placeholdersIn } from '../../model/placeholders.ts';
import type { Scenario, Stage } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { usesTls } from '../../model/target.ts';
import { methodOf, platformOf } from '../../platform/platforms.ts';

export function checkStages(stages: readonly Stage[], complain: Complain): void {
  if (stages.length === 0) complain([], 'has no stage', 'write e.g. [{ duration: 4s, rate: 50/s }]');
  else if (createPacer(stages).starts === 0) complain([], 'makes no start', 'longer stages or a higher rate');
}

/** Rules over the whole, on a scenario that is sound in its parts. */
export function checkScenario(scenario: Scenario, complain: Complain): void {
  checkLocalAddresses(scenario, complain);
  checkTarget(scenario, complain);
  checkCertificates(scenario, complain);
  checkService(scenario, complain);
  const { who, limits, noWill } = platformOf(scenario);
  const why = scenario.will && noWill?.(scenario.protocol);
  if (why !== undefined) complain(['will'], 'is not possible', why);
  const { length } = effectiveSubscriptions(scenario);
  if (length <= limits.subscriptions) return;
  const path = scenario.subscribe.length > 0 ? ['subscribe'] : ['publish'];
  complain(path, `makes ${length} subscriptions per device`, `${who} takes ${limits.subscriptions}`);
}

function checkTarget(scenario: Scenario, complain: Complain): void {
  const { target } = scenario;
  const { name, endpoint } = platformOf(scenario);
  if (target.kind !== 'embedded' && target.kind !== 'url' && endpoint[target.kind] === undefined) {
    const hint = 'name its address, e.g. mqtts://broker.example.com:8883';
    complain(['target', target.kind], `is nothing that platform: ${name} has`, hint);
  }
}

function checkCertificates(scenario: Scenario, complain: Complain): void {
  const { target, tls, auth, broker } = scenario;
  const isOverTls = usesTls(scenario);
  if (broker.clientCaFile !== undefined && !broker.tls)
    complain(['broker', 'clientCa'], 'is nothing without TLS', 'write broker: { tls: true }');
  const { needsTls, name, columns } = methodOf(platformOf(scenario), auth);
  if (!needsTls) return;
  const secure = target.kind === 'embedded' ? 'broker: { tls: true }' : 'a target over TLS';
  if (!isOverTls) complain(['auth'], `is ${name}, which is a part of the TLS handshake`, `write ${secure}`);
  if (needsTls === 'TLSv1.2' && tls.minVersion === 'TLSv1.3')
    complain(['tls', 'minVersion'], `is above TLS 1.2, the only version that ${name} has`);
  if (tls.resume === 'shared')
    complain(
      ['tls', 'resume'],
      `is shared, and each device has a session of its own by ${name}`,
      'write true',
    );
  if (tls.certFile !== undefined && columns.some((column) => column.isFile))
    complain(['tls', 'cert'], `is for all devices, and each has one of its own by ${name}`);
}

/** Who asks for a token must know where. */
function checkService(scenario: Scenario, complain: Complain): void {
  const { auth } = scenario;
  const { service } = methodOf(platformOf(scenario), auth);
  if (service === undefined || auth.url !== undefined) return;
  const hint =
    'this target does not say where the service is; e.g. url: https://iot-auth.cn-shanghai.aliyuncs.com';
  complain(['auth'], `needs a url for method: ${auth.method}`, hint);
}

/** What would be filled in with nothing. */
export function checkProductKeys(scenario: Scenario, devices: DeviceTable, complain: Complain): void {
  if (devices.count === 0 || devices.productKey(0) !== '') return;
  const check = (path: readonly PropertyKey[], template = ''): void => {
    if (placeholdersIn(template).includes('productKey'))
      complain(path, 'has ${productKey}', 'the devices have none; ${deviceName} and ${clientId} they have');
  };
  for (const [at, { topic }] of scenario.subscribe.entries()) check(['subscribe', at, 'topic'], topic);
  check(['will', 'topic'], scenario.will?.topic);
  check(['will', 'payload'], scenario.will?.payload);
  for (const [at, { topic, reply, payload }] of scenario.publish.entries()) {
    check(['publish', at, 'topic'], topic);
    check(['publish', at, 'reply'], reply);
    if (payload.kind === 'template') check(['publish', at, 'payload', 'template'], payload.template);
  }
}

/** A socket of one family cannot reach an address of the other; a name may have both. The stand-in listens on 127.0.0.1. */
function checkLocalAddresses({ target, localAddresses = [] }: Scenario, complain: Complain): void {
  const host = target.kind === 'embedded' ? '127.0.0.1' : target.kind === 'url' ? target.host : '';
  const family = isIP(host);
  for (const [at, address] of localAddresses.entries()) {
    if (family === 0 || isIP(address) === family) continue;
    complain(['localAddresses', at], 'cannot reach the target', `which is an IPv${family} address`);
  }
}

/** What will probably not do what was meant. */
export function warnOfScenario(scenario: Scenario, devices: DeviceTable, warn: Complain): void {
  platformOf(scenario).warn(scenario, devices, warn);
  const { starts } = createPacer(scenario.connect.stages);
  if (starts < devices.count) {
    const most = `${starts} of ${devices.count} devices`;
    warn(['connect', 'stages'], `starts only ${most}`, 'the others never connect');
  }
}
