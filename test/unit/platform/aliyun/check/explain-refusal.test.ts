import { expect, it } from 'vitest';
import { explainRefusal } from '../../../../../src/platform/aliyun/check/explain-refusal.ts';

it('says why a CONNECT without anything of a device is refused as a token', () => {
  const nobody = { mqttClientId: '', username: '', password: '', tls: false };
  const { device, mistake } = explainRefusal(nobody, 'bad-token', () => undefined);
  expect(device).toBe('');
  expect(mistake).toContain('HTTPS first');
});
