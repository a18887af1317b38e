/** The signing vectors, typed. Public ones come from documentation and other projects, the rest are computed independently. */
import { readFileSync } from 'node:fs';
import type { Signmethod } from '../../../../src/model/scenario.ts';

export interface Vector {
  id: string;
  kind: 'mqtt-direct' | 'https-auth' | 'mqtt-register' | 'https-register';
  input: {
    signmethod: Signmethod;
    secret: string;
    productKey: string;
    deviceName: string;
    clientId?: string;
    timestamp?: string;
    random?: string;
    securemode?: '2' | '3';
  };
  content: string;
  expected: {
    password?: string;
    sign?: string;
    username?: string;
    mqttClientId?: string;
    publishedMqttClientId?: string;
  };
}

interface VectorFile {
  vectors: Vector[];
  connectPacket: { vector: string; keepalive: number; hex: string };
  mistakes: { vector: string; items: { id: string; wrongPassword: string }[] };
}

const file = new URL('../../../fixtures/signing-vectors.json', import.meta.url);

export const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as VectorFile;

export function vectorOf(id: string): Vector {
  const vector = VECTORS.vectors.find((candidate) => candidate.id === id);
  if (!vector) throw new Error(`no vector ${id}`);
  return vector;
}

export function tripleOf({ input }: Vector) {
  const { productKey, deviceName, secret: deviceSecret, clientId = '' } = input;
  return { productKey, deviceName, deviceSecret, clientId };
}
