/** A folder that a server serves as a feed, and clients of it; anew for each test of the file that asks for it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import {
  type FeedOptions,
  type FeedServer,
  startFeedServer,
} from '../../e2e/fixtures/feed-server.ts';
import type { Feed } from '../update/types.ts';
import { createUpdaterBench, type FeedSetup, type UpdaterBench } from './update-bench.ts';

/** Where a test is, between its beginning and its end. */
class FeedBench {
  #bench: UpdaterBench | undefined;
  #servers: FeedServer[] = [];

  async open(): Promise<void> {
    this.#bench = createUpdaterBench();
    await this.serve();
  }

  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.close();
    this.#bench?.close();
  }

  /** One more server of the same folder. */
  async serve(options?: FeedOptions): Promise<FeedServer> {
    const server = await startFeedServer(this.served, options);
    this.#servers.push(server);
    return server;
  }

  get server(): FeedServer {
    const [server] = this.#servers;
    if (!server) throw new Error('There is a feed server only while a test runs.');
    return server;
  }

  get folder(): string {
    return this.#open.folder;
  }

  get served(): string {
    return this.#open.served;
  }

  get installed(): string {
    return this.#open.installed;
  }

  get pending(): string {
    return this.#open.pending;
  }

  get partial(): string {
    return this.#open.partial;
  }

  /** In the folder that is served. */
  at(...names: readonly string[]): string {
    return path.join(this.served, ...names);
  }

  /** @param url of another server than the usual one */
  createFeed(setup?: FeedSetup, url = this.server.url): Feed {
    return this.#open.createFeed(url, setup);
  }

  /** What a client is offered, and downloads. */
  async take(setup?: FeedSetup): Promise<{ version: string | undefined; bytes: Buffer }> {
    const feed = this.createFeed(setup);
    const version = (await feed.check())?.version;
    const file = await feed.download(() => undefined, new AbortController().signal);
    return { version, bytes: readFileSync(file) };
  }

  /** Bytes of bodies that were sent for the paths that match. */
  sent(paths: RegExp): number {
    const requests = this.server.requests.filter((one) => paths.test(one.path));
    return requests.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #open(): UpdaterBench {
    if (!this.#bench) throw new Error('There is a bench only while a test runs.');
    return this.#bench;
  }
}

/** Opens and closes the bench around each test. @param prepare lays what is served at first */
export function openFeedBench(prepare: () => unknown = () => undefined): FeedBench {
  const bench = new FeedBench();
  beforeEach(async () => {
    await bench.open();
    await prepare();
  });
  afterEach(() => bench.close());
  return bench;
}
