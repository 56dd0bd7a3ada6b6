import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FeedServer,
  startFeedServer,
  writeLatestYml,
} from '../../e2e/fixtures/feed-server.ts';
import { systemClock } from '../process/index.ts';
import { createFeed } from './feed.ts';
import { createUpdaterBench, sha512Of, type UpdaterBench } from './test-bench.ts';
import { type Feed, UpdateProblem } from './types.ts';
import { portOf } from './updater-port.ts';

const NAME = 'Holdfast.AppImage';
const image = randomBytes(600_000);

let bench: UpdaterBench;
let server: FeedServer;
beforeEach(async () => {
  bench = createUpdaterBench();
  server = await startFeedServer(bench.served);
  writeFileSync(path.join(bench.served, NAME), image);
  await writeLatestYml(bench.served, { version: '1.1.0', file: NAME, notes: 'Better.' });
});
afterEach(async () => {
  await server.close();
  bench.close();
});

function feed(version = '1.0.0'): Feed {
  return createFeed({
    updater: portOf(bench.createUpdater(server.url, version), () => undefined),
    createToken: () => bench.createToken(),
    extension: '.AppImage',
    clock: systemClock,
  });
}

async function problemOf(work: Promise<unknown>): Promise<UpdateProblem> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof UpdateProblem) return error;
  throw new Error(`expected a problem, got ${String(error)}`);
}

const never = new AbortController().signal;

describe('a feed', () => {
  it('offers what is newer, and nothing else', async () => {
    expect(await feed().check()).toEqual({
      version: '1.1.0',
      notes: 'Better.',
      size: image.length,
      sha512: sha512Of(image),
    });
    expect(await feed('1.1.0').check()).toBeNull();
    expect(await feed('2.0.0').check()).toBeNull();
  });

  it('downloads the very bytes, with progress', async () => {
    const source = feed();
    await source.check();
    let last = 0;
    const file = await source.download(({ transferred }) => {
      last = transferred;
    }, never);
    expect(readFileSync(file).equals(image)).toBe(true);
    expect(last).toBeGreaterThan(0);
    expect(readFileSync(bench.installed, 'utf8')).toBe('old');
  });

  it('says that the server can’t be reached', async () => {
    await server.setFault({ kind: 'down' });
    expect((await problemOf(feed().check())).message).toContain('could not be reached');
  });

  it.each([
    [404, 'not found at its address'],
    [500, 'answered with an error (500)'],
  ] as const)('answering %i is told in a sentence', async (status, sentence) => {
    await server.setFault({ kind: 'status', status });
    expect((await problemOf(feed().check())).message).toContain(sentence);
  });

  it('with nonsense, or far too much, in its answer is refused', async () => {
    const yml = path.join(bench.served, 'latest-linux.yml');
    writeFileSync(yml, '<html>: [not yaml');
    expect((await problemOf(feed().check())).message).toContain('makes no sense');
    writeFileSync(yml, `version: "1.1.0"\nnotes: "${'x'.repeat(3_000_000)}"\n`);
    expect((await problemOf(feed().check())).message).toContain('far too large');
  });
});

describe('a download', () => {
  function leftovers(): string[] {
    const pending = path.join(bench.folder, 'caches', 'cache', 'pending');
    return existsSync(pending)
      ? readdirSync(pending).filter((name) => name.endsWith('.AppImage'))
      : [];
  }

  it.each([
    [{ kind: 'wrong-sha512' }, 'checksum differs'],
    [{ kind: 'corrupt' }, 'checksum differs'],
  ] as const)('with %o is refused and deleted', async (fault, sentence) => {
    await server.setFault(fault);
    const source = feed();
    await source.check();
    const problem = await problemOf(source.download(() => undefined, never));
    expect(problem.message).toContain(sentence);
    expect(leftovers()).toEqual([]);
  });

  it('that breaks off says so, and works the next time', async () => {
    await server.setFault({ kind: 'truncated', afterBytes: 100_000 }, /AppImage$/);
    const source = feed();
    await source.check();
    const problem = await problemOf(source.download(() => undefined, never));
    expect(problem.message).toMatch(/broke off|could not be reached|checksum differs/);
    expect(leftovers()).toEqual([]);
    await server.setFault({ kind: 'none' });
    await source.check();
    const file = await source.download(() => undefined, never);
    expect(readFileSync(file).equals(image)).toBe(true);
  });

  it('of a file that is gone says so', async () => {
    const source = feed();
    await source.check();
    await server.setFault({ kind: 'status', status: 404 }, /AppImage$/);
    const problem = await problemOf(source.download(() => undefined, never));
    expect(problem.message).toContain('no longer at its address');
  });

  it('can be cancelled', async () => {
    await server.setFault({ kind: 'stall', afterBytes: 50_000 }, /AppImage$/);
    const source = feed();
    await source.check();
    const abort = new AbortController();
    const download = problemOf(source.download(() => undefined, abort.signal));
    setTimeout(() => abort.abort(), 50);
    expect((await download).cancelled).toBe(true);
  });
});
