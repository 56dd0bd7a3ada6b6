/**
 * What clients of a gateway meet while it is away for an update, as a client of Holdfast's own sees it
 * (client.ts): from just before it is asked to stop until the next process is proved. Nothing is asked at any
 * other time, and nothing where the profile names no address that answers.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod/mini';
import type { GatewayState } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import { type ClientView, clientViewSchema } from '../../contract/receipt.ts';
import { type Clock, once, within } from '../../process/index.ts';
import { Addresses } from '../probes/addresses.ts';
import type { AskedPort } from './client.ts';

/**
 * A gateway that has not answered by then does not serve: then its absence can't be seen by its answers. On a
 * busy machine the thread alone takes a second to begin.
 */
const firstAnswerMs = 5_000;
/** The client ends sooner than this by itself. */
const endMs = 2_000;

/** Beside the watcher in a staged bundle, or its source. */
function program(): string {
  const staged = path.join(import.meta.dirname, 'client.mjs');
  return existsSync(staged) ? staged : path.join(import.meta.dirname, 'client.ts');
}

/** Where a client of this gateway asks; null where nothing is known to answer. */
function askedPort({ port, host, https, ...profile }: Profile): AskedPort | null {
  const { status, readiness, liveness } = profile;
  const ready = readiness.type === 'http' ? readiness.path : undefined;
  const alive = liveness?.type === 'http' ? liveness.path : undefined;
  const asked = status?.path ?? ready ?? alive;
  if (port === undefined || asked === undefined) return null;
  const at = new Addresses({ port, ...(host === undefined ? {} : { host }) }).current;
  return { host: at, port, path: asked, secure: https !== undefined };
}

export class Absence {
  readonly #clock: Clock;
  #client: Worker | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Before the gateway is asked to stop. Resolves when the client has had its first answer; soon, too, when it
   * gets none, or the gateway does not serve. While a client asks already, it goes on.
   */
  async begin(profile: Profile, { status }: Pick<GatewayState, 'status'>): Promise<void> {
    const asked = askedPort(profile);
    if (this.#client || asked === null || status !== 'running') return;
    const client = new Worker(program(), { workerData: asked, env: {}, execArgv: [] });
    client.unref();
    // It then exits.
    client.on('error', () => undefined);
    this.#client = client;
    if ((await this.#word(client, firstAnswerMs)) !== 'answers') this.drop();
  }

  /** The gateway is proved: what the client has met; nothing when it was not there from the beginning. */
  async end(): Promise<{ readonly client?: ClientView }> {
    const client = this.#client;
    if (!client) return {};
    client.postMessage('end');
    const told = z.safeParse(clientViewSchema, await this.#word(client, endMs));
    this.drop();
    return told.success ? { client: told.data } : {};
  }

  drop(): void {
    void this.#client?.terminate();
    this.#client = null;
  }

  /** Its next message; undefined when it fails, `late` when it says nothing in time. */
  #word(client: Worker, ms: number): Promise<unknown> {
    return within(this.#clock, ms, (signal) =>
      once<unknown>(
        (resolve) => {
          const fail = (): void => resolve(undefined);
          client.on('message', resolve).on('exit', fail);
          return () => client.off('message', resolve).off('exit', fail);
        },
        { signal },
      ),
    );
  }
}
