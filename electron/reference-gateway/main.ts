/**
 * The reference gateway: the small real server that Holdfast ships as a demonstration. It keeps
 * webhooks safe and runs jobs on the clock. It listens first and opens its files afterwards, so that it
 * can be reached as soon as a bare HTTP server could; a webhook that arrives earlier waits for the files.
 * When it was given a listening socket (LISTEN_FDS, LISTEN_PID), it takes that one.
 *
 *     starting ──files open, jobs started──> ready ──signal or stop line──> draining ──> exit 0
 *        │ port taken: exit 75                            active requests finish, at most --drain-ms
 *        └ files unusable: exit 74
 */
import { createServer } from 'node:http';
import { errorText } from '../contract/error-text.ts';
import { exitCodes, type Options, parseOptions } from './options.ts';
import { type GatewayView, route } from './routes.ts';
import { listenForStop } from './stop-pipe.ts';
import { Storage } from './storage.ts';

/** A sender that needs longer for its headers or its body is not a webhook's. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Connections that may wait on a passed socket: as many as its owner allows. Node's own limit is 511. */
const passedBacklog = 4096;

class Gateway implements GatewayView {
  readonly options: Options;
  phase: GatewayView['phase'] = 'starting';
  port: number;
  activeRequests = 0;
  storage: Storage | undefined;
  readonly #opening = Promise.withResolvers<Storage>();
  readonly opening = this.#opening.promise;
  readonly #server = createServer((request, response) => {
    this.activeRequests += 1;
    response.once('close', () => {
      this.activeRequests -= 1;
    });
    void route(this, request, response);
  });

  constructor(options: Options) {
    this.options = options;
    this.port = options.port;
    this.#server.headersTimeout = headersTimeoutMs;
    this.#server.requestTimeout = requestTimeoutMs;
  }

  start(): void {
    const { port, passedSocket } = this.options;
    this.#server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        fail(exitCodes.portTaken, `Port ${port} on 127.0.0.1 is used by another program.`);
      }
      fail(exitCodes.storage, `The gateway can't listen on port ${port}: ${error.message}`);
    });
    const onListening = (): void => {
      const address = this.#server.address();
      if (typeof address === 'object' && address !== null) this.port = address.port;
      void this.#openStorage();
    };
    if (passedSocket === null) this.#server.listen(port, '127.0.0.1', onListening);
    else this.#server.listen({ fd: passedSocket }, passedBacklog, onListening);
  }

  async #openStorage(): Promise<void> {
    const { dataDir, build } = this.options;
    try {
      this.storage = await Storage.open(dataDir);
    } catch (error) {
      fail(exitCodes.storage, `The data folder ${dataDir} can't be used: ${errorText(error)}`);
    }
    this.#opening.resolve(this.storage);
    if (this.phase !== 'starting') return;
    this.phase = 'ready';
    process.stdout.write(`ready on 127.0.0.1:${this.port} build ${build}\n`);
  }

  drain(reason: string): void {
    if (this.phase === 'draining') return;
    this.phase = 'draining';
    const { drainMs } = this.options;
    const limit = setTimeout(() => {
      process.stderr.write(
        `${this.activeRequests} requests did not finish in ${drainMs} ms; cut off.\n`,
      );
      this.#server.closeAllConnections();
    }, drainMs);
    this.#server.close(() => {
      clearTimeout(limit);
      void this.#end();
    });
    // Printed once it is true: from here on connections are refused, or wait on the passed socket.
    process.stdout.write(`stopping (${reason}), ${this.activeRequests} active requests\n`);
  }

  async #end(): Promise<void> {
    try {
      await this.storage?.close();
    } catch (error) {
      fail(exitCodes.storage, `The files did not close: ${errorText(error)}`);
    }
    process.exit(0);
  }
}

function fail(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

// A log on a full disk takes no line; that must not end a gateway whose webhooks may still fit.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  const gateway = new Gateway(options);
  if (options.stopPipe !== undefined) {
    listenForStop(options.stopPipe, () => gateway.drain('stop line'));
  }
  process.on('SIGTERM', () => gateway.drain('SIGTERM'));
  process.on('SIGINT', () => {
    // A second Ctrl+C means now; what was acknowledged is on the disk.
    if (gateway.phase === 'draining') process.exit(0);
    gateway.drain('SIGINT');
  });
  gateway.start();
} catch (error) {
  fail(exitCodes.usage, errorText(error));
}
