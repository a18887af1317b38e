import { createMqttJsClient } from '../../../src/client/mqttjs/client.ts';
import { describeBrokerContract } from './broker-contract.ts';
import { describeConnectionContract } from './connection-contract.ts';

describeConnectionContract('MQTT.js', createMqttJsClient);
describeBrokerContract('MQTT.js', createMqttJsClient);
