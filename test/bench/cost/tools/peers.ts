/** How each of them is told to do what the others do; options and their traps as of the versions named. */
import { KEEPALIVE_SEC, PRODUCT_KEY, topicOf } from '../load.ts';
import { PASSWORD, type Peer, USERNAME } from './peer.ts';

/** emqtt-bench 0.6.2. A rate is split over ⌈rate / 1000⌉ workers whose periods are whole milliseconds: multiples of 1000 come out right. */
const EMQTT_BENCH: Peer = {
  program: 'emqtt_bench',
  lacks: () => undefined,
  args({ devices, connectsPerSec, publish }, host, port) {
    const connection = ['-h', host, '-p', `${port}`, '-V', '4', '-c', `${devices}`, '-k', `${KEEPALIVE_SEC}`];
    const rate = ['-R', `${connectsPerSec}`];
    const credentials = ['-u', USERNAME, '-P', PASSWORD];
    if (publish === undefined) return ['conn', ...connection, ...rate, ...credentials];
    // With -t, QoS 1 has one message in flight per client, whatever -F says.
    const message = ['-t', topicOf('%i'), '-s', `${publish.bytes}`, '-q', `${publish.qos}`];
    return ['pub', ...connection, ...rate, ...credentials, ...message, '-I', `${publish.everyMs}`];
  },
};

/** MQTTX CLI 1.13: nobody publishes before all are connected; one timer of at least 1 ms per client paces connects and messages. */
const MQTTX: Peer = {
  program: 'mqttx',
  lacks: () => undefined,
  args({ devices, publish }, host, port) {
    const connection = ['-h', host, '-p', `${port}`, '-V', '3.1.1', '-c', `${devices}`, '-i', '0'];
    const session = ['-k', `${KEEPALIVE_SEC}`, '-rp', '0', '-I', 'bench%i', '-u', USERNAME, '-P', PASSWORD];
    if (publish === undefined) return ['bench', 'conn', ...connection, ...session];
    const message = ['-t', topicOf('%i'), '-m', 'x'.repeat(publish.bytes), '-q', `${publish.qos}`];
    return ['bench', 'pub', ...connection, ...session, ...message, '-im', `${publish.everyMs}`];
  },
};

/** nanomq_bench: what follows %i in a topic is dropped. It polls without rest: its CPU says more of the cores there are than of messages. */
const NANOMQ_BENCH: Peer = {
  program: 'nanomq_bench',
  lacks: () => undefined,
  args({ devices, publish }, host, port) {
    const connection = ['-h', host, '-p', `${port}`, '-V', '4', '-c', `${devices}`, '-i', '0'];
    const session = ['-k', `${KEEPALIVE_SEC}`, '-u', USERNAME, '-P', PASSWORD];
    if (publish === undefined) return ['conn', ...connection, ...session];
    const message = [
      '-t',
      `/${PRODUCT_KEY}/user/update/%i`,
      '-s',
      `${publish.bytes}`,
      '-q',
      `${publish.qos}`,
    ];
    return ['pub', ...connection, ...session, ...message, '-I', `${publish.everyMs}`];
  },
};

/** mqtt-stresser: it sets a result aside for each message of each client before it begins, some 90 bytes. */
const STRESSER_MESSAGES = 30_000;

/** Each client also subscribes to its own topic, so that the broker has twice the work. */
const MQTT_STRESSER: Peer = {
  program: 'mqtt-stresser',
  lacks: ({ publish }) => (publish?.everyMs === 0 ? undefined : 'knows no pace and no idle clients'),
  args({ devices, publish }, host, port) {
    const clients = ['-broker', `tcp://${host}:${port}`, '-num-clients', `${devices}`];
    const rampUp = ['-rampup-size', `${devices}`, '-rampup-delay', '0s', '-global-timeout', '60s'];
    const message = ['-constant-payload', 'x'.repeat(publish!.bytes), '-publisher-qos', `${publish!.qos}`];
    const end = ['-num-messages', `${STRESSER_MESSAGES}`, '-no-progress'];
    return [...clients, ...rampUp, ...message, ...end, '-username', USERNAME, '-password', PASSWORD];
  },
};

export const PEERS = [EMQTT_BENCH, MQTTX, NANOMQ_BENCH, MQTT_STRESSER];
