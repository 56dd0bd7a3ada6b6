/**
 * The front of a gateway: a small process that keeps the gateway's public port open while the gateway is
 * replaced, and passes connections on to its private one (relay.ts). The watcher keeps it like a gateway;
 * it needs no watcher to run.
 *
 *   front --host 127.0.0.1 --port 8080 --private-port 32010 --hold-ms 60000 --max-held 1024 [--proxy-protocol]
 */
import { parseArgs } from 'node:util';
import { frontExit } from '../contract/exit-codes.ts';
import { Relay, type RelayOptions } from './relay.ts';

function readOptions(args: readonly string[]): RelayOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: text,
      port: text,
      'private-port': text,
      'hold-ms': text,
      'max-held': text,
      'proxy-protocol': { type: 'boolean' },
    },
  });
  const number = (name: 'port' | 'private-port' | 'hold-ms' | 'max-held'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number.`);
    return value;
  };
  return {
    host: values.host ?? '127.0.0.1',
    port: number('port'),
    privatePort: number('private-port'),
    holdMs: number('hold-ms'),
    maxHeld: number('max-held'),
    proxyProtocol: values['proxy-protocol'] === true,
  };
}

function fail(code: number, error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(code);
}

const relay = ((): Relay => {
  try {
    return new Relay(readOptions(process.argv.slice(2)));
  } catch (error) {
    return fail(frontExit.usage, error);
  }
})();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    relay.close();
    process.exit(0);
  });
}
relay.listen().catch((error: NodeJS.ErrnoException) => {
  const codes: Readonly<Record<string, number>> = {
    EADDRINUSE: frontExit.portTaken,
    EACCES: frontExit.notAllowed,
    EADDRNOTAVAIL: frontExit.noAddress,
  };
  fail(codes[error.code ?? ''] ?? frontExit.failed, error);
});
