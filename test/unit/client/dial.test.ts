import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { Attempt } from '../../../src/client/attempt.ts';
import { Dial } from '../../../src/client/dial.ts';
import { classify, type Failure } from '../../../src/model/failure.ts';
import { sharedRead } from '../../../src/mqtt/owned-stream.ts';

/** A resolver that knows one name, with the addresses in an order that a hosts file may well have. */
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof import('node:dns')>()),
  lookup: (_host: string, _options: unknown, done: (error: null, addresses: unknown[]) => void) => {
    const addresses = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    setImmediate(() => done(null, addresses));
  },
}));

let server: Server | undefined;
afterEach(() => server?.close());

/** `opened`, or why not. */
function dial(port: number): Promise<Failure | 'opened'> {
  return new Promise((resolve) => {
    const attempt = new Attempt({ nowUs: () => 0 });
    const options = { secureContext: undefined, servername: undefined, verify: true, onread: sharedRead() };
    const endpoint = { protocol: 'mqtt', host: 'two-addresses.test', port, path: '' } as const;
    new Dial(attempt, endpoint, options, {
      dialed: (stream) => {
        stream.destroy();
        resolve('opened');
      },
      dialFailed: (error) => resolve(classify(attempt.phase, error)),
    });
  });
}

async function listen(): Promise<number> {
  server = createServer();
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('tries the next address of a name when one refuses', async () => {
  expect(await dial(await listen())).toBe('opened');
});

it('fails as the first address did when all refuse', async () => {
  const port = await listen();
  await new Promise((resolve) => server!.close(resolve));
  const failure = await dial(port);
  // Without IPv6 the first address is not refused but unreachable.
  expect(failure).toMatchObject({
    phase: 'tcp',
    kind: expect.stringMatching(/^(refused|unreachable|no-ports)$/),
  });
});
