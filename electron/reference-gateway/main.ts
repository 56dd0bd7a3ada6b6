/**
 * The reference gateway: the small real server that Holdfast ships, keeps webhooks safe and runs jobs
 * on the clock. It listens first and opens its files after, so that it is connectable as soon as a
 * bare HTTP server would be; a webhook that comes earlier waits for the files.
 *
 *     starting ──files open, jobs started──> ready ──signal or stop line──> draining ──> exit 0
 *        │ port taken: exit 75                            active requests finish, at most --drain-ms
 *        └ files unusable: exit 74
 */
import { createServer } from 'node:http';
import { exitCodes, type Options, parseOptions } from './options.ts';
import { type GatewayView, route } from './routes.ts';
import { Storage } from './storage.ts';

/** A sender that needs longer for its headers or its body is not a webhook. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

// A log on a full disk takes no line; that must not end a gateway whose webhooks may still fit.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const options = parseOptions(process.argv.slice(2), process.env);
if ('problem' in options) {
  fail(exitCodes.usage, options.problem);
} else {
  run(options);
}

function run(options: Options): void {
  const startedAt = Math.round(performance.timeOrigin);
  let phase: 'starting' | 'ready' | 'draining' = 'starting';
  let port = options.port;
  let active = 0;
  let opened: Storage | undefined;
  let resolveOpening: (storage: Storage) => void = () => {};
  const opening = new Promise<Storage>((resolve) => {
    resolveOpening = resolve;
  });

  const view: GatewayView = {
    options,
    startedAt,
    phase: () => phase,
    port: () => port,
    activeRequests: () => active,
    storage: () => opening,
    openStorage: () => opened,
  };

  const server = createServer((request, response) => {
    active += 1;
    response.once('close', () => {
      active -= 1;
    });
    void route(view, request, response);
  });
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;

  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      fail(exitCodes.portTaken, `Port ${options.port} on 127.0.0.1 is used by another program.`);
    } else {
      fail(exitCodes.storage, `The gateway can't listen on port ${options.port}: ${error.message}`);
    }
  });

  server.listen(options.port, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
    Storage.open(options.dataDir).then(
      (storage) => {
        opened = storage;
        resolveOpening(storage);
        if (phase === 'starting') {
          phase = 'ready';
          process.stdout.write(`ready on 127.0.0.1:${port} build ${options.build}\n`);
        }
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        fail(exitCodes.storage, `The data folder ${options.dataDir} can't be used: ${why}`);
      },
    );
  });

  const drain = (reason: string): void => {
    if (phase === 'draining') return;
    phase = 'draining';
    const bound = setTimeout(() => {
      process.stderr.write(
        `${active} requests did not finish in ${options.drainMs} ms; cut off.\n`,
      );
      server.closeAllConnections();
    }, options.drainMs);
    server.close(() => {
      clearTimeout(bound);
      const closed = opened?.close() ?? Promise.resolve();
      closed.then(
        () => process.exit(0),
        (error: unknown) => fail(exitCodes.storage, `The files did not close: ${String(error)}`),
      );
    });
    // Said once it is true: from here on connections are refused.
    process.stdout.write(`stopping (${reason}), ${active} active requests\n`);
  };

  process.on('SIGTERM', () => drain('SIGTERM'));
  process.on('SIGINT', () => {
    // The second Ctrl+C is from someone who has waited enough; what was acknowledged is on the disk.
    if (phase === 'draining') process.exit(0);
    drain('SIGINT');
  });
  process.on('SIGHUP', () => {
    void opened?.loadJobs();
  });
  if (options.stopPipe !== undefined) void listenOn(options.stopPipe, () => drain('stop line'));
}

/** The pipe's code is loaded only when it is used. */
async function listenOn(stopPipe: string, onStop: () => void): Promise<void> {
  try {
    const { listenForStop } = await import('./stop-pipe.ts');
    listenForStop(stopPipe, onStop);
  } catch (error) {
    fail(exitCodes.usage, error instanceof Error ? error.message : String(error));
  }
}

function fail(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}
