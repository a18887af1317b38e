/** The client a scenario asks for. */
import type { Scenario } from '../model/scenario.ts';
import type { Client, ClientSettings } from './connection.ts';
import { createMqttJsClient } from './mqttjs/client.ts';
import { createWireClient } from './wire/client.ts';

export function createClient(scenario: ClientSettings & Pick<Scenario, 'client'>): Client {
  switch (scenario.client) {
    case 'mqtt':
      return createMqttJsClient(scenario);
    case 'wire':
      return createWireClient(scenario);
  }
}
