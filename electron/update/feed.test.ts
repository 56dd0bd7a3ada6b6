import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { testCertificate } from '../../e2e/fixtures/feed-server-tls.ts';
import { signFeed } from '../../e2e/fixtures/release-keys.ts';
import { eventually } from '../testing/eventually.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { type FeedSetup, sha512Of } from '../testing/update-bench.ts';
import { type Feed, UpdateProblem } from './types.ts';

const name = 'Holdfast.AppImage';
const imageBytes = /AppImage$/;
const image = randomBytes(600_000);

const bench = openFeedBench(async () => {
  writeFileSync(bench.at(name), image);
  await writeLatestYml(bench.served, { version: '1.1.0', file: name, notes: 'Better.' });
});

const feed = (setup?: FeedSetup): Feed => bench.createFeed(setup);

/** A feed that has found the new version. */
async function found(setup?: FeedSetup): Promise<Feed> {
  const source = feed(setup);
  expect((await source.check())?.version).toBe('1.1.0');
  return source;
}

async function problemOf(work: Promise<unknown>): Promise<UpdateProblem> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof UpdateProblem) return error;
  throw new Error(`expected a problem, got ${String(error)}`);
}
const sentenceOf = async (work: Promise<unknown>): Promise<string> =>
  (await problemOf(work)).problem.message;

const never = new AbortController().signal;
const quietly = (source: Feed): Promise<string> => source.download(() => undefined, never);
/** A feed's file of ours that is not as it should be. */
const writeFeed = async (text: string | Buffer): Promise<void> => {
  writeFileSync(bench.at('latest-linux.yml'), text);
  await signFeed(bench.served, { version: '1.1.0' });
};

describe('a check', () => {
  it('offers what is newer, and nothing else', async () => {
    expect(await feed().check()).toEqual({
      version: '1.1.0',
      notes: 'Better.',
      size: image.length,
      sha512: sha512Of(image),
      signedAs: name,
    });
    expect(await feed({ version: '1.1.0' }).check()).toBeNull();
    expect(await feed({ version: '2.0.0' }).check()).toBeNull();
  });

  it.each([
    [{ kind: 'down' }, 'could not be reached. It refuses connections.'],
    [{ kind: 'status', status: 404 }, 'not found at its address'],
    [{ kind: 'status', status: 500 }, 'answered with an error (500)'],
    [{ kind: 'status', status: 401 }, 'wants a password'],
    [{ kind: 'status', status: 407 }, 'The proxy wants a password'],
    [{ kind: 'page' }, 'A web page came'],
    [{ kind: 'endless' }, 'far too large'],
    [{ kind: 'redirect', to: '' }, 'more than five times'],
    [{ kind: 'redirect', to: 'http://192.0.2.1/' }, 'an address without encryption'],
    [{ kind: 'redirect', to: 'http://[' }, 'an invalid address'],
  ] as const)('met with %o says so in a sentence [F41]', async (fault, sentence) => {
    await bench.server.setFault(fault);
    const { message, hint } = (await problemOf(feed().check())).problem;
    expect(message).toContain(sentence);
    expect(hint).toBeTruthy();
    expect(message).not.toMatch(/\bE[A-Z]{3,}|\(40[04]\)/);
    await bench.server.setFault({ kind: 'none' });
  });

  it('that is sent on more than five times asks six times, and no more [F41]', async () => {
    await bench.server.setFault({ kind: 'redirect', to: '' });
    await problemOf(feed().check());
    expect(bench.server.requests).toHaveLength(6);
  });

  it('that is never answered ends at its deadline with its connection, and the next one is good [F40, R20]', async () => {
    const source = feed({ limits: { checkMs: 300 } });
    await bench.server.setFault({ kind: 'silent' });
    expect(await sentenceOf(source.check())).toContain('did not answer in time');
    await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
    await bench.server.setFault({ kind: 'none' });
    expect((await source.check())?.version).toBe('1.1.0');
  });

  it('whose answer drips without end is ended at its deadline too', async () => {
    await bench.server.setFault({ kind: 'slow', bytesPerSecond: 100 });
    expect(await sentenceOf(feed({ limits: { checkMs: 300 } }).check())).toContain('in time');
    await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
  });

  it.each([
    ['is damaged', '<html>: [not yaml', 'A web page'],
    ['is empty', '', 'can’t be understood'],
    ['is no map', '- 1\n- 2\n', 'can’t be understood'],
    ['is not text', '\xff\xfe\x00', 'can’t be understood'],
  ])('of a feed that %s is refused', async (_name, text, sentence) => {
    await writeFeed(Buffer.from(text, 'latin1'));
    expect(await sentenceOf(feed().check())).toContain(sentence);
  });

  it('of a feed of 3 MB is ended before it is read [F42]', async () => {
    await writeFeed(`version: "1.1.0"\nnotes: "${'x'.repeat(3_000_000)}"\n`);
    expect(await sentenceOf(feed().check())).toContain('far too large');
  });

  it('of a feed of aliases of aliases is refused in no time [F42]', async () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
    await writeFeed(`a0: &a0 [x, x]\n${levels.join('\n')}\nversion: *a30\nfiles: *a30\n`);
    const began = performance.now();
    expect(await sentenceOf(feed().check())).toContain('can’t be understood');
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('asks for a file that only another kind of package has, and says so', async () => {
    writeFileSync(bench.at('Setup.exe'), image);
    await writeLatestYml(bench.served, { version: '1.1.0', file: 'Setup.exe' });
    expect(await sentenceOf(feed().check())).toContain('not as a .AppImage file');
  });
});

describe('over https', () => {
  const { cert } = testCertificate;

  it('a trusted server is asked, one with an unknown certificate is not', async () => {
    const secure = await bench.serve({ tls: true });
    expect((await bench.createFeed({ ca: cert }, secure.url).check())?.version).toBe('1.1.0');
    const asked = secure.requests.length;
    expect(await sentenceOf(bench.createFeed({}, secure.url).check())).toContain('certificate');
    expect(secure.requests).toHaveLength(asked);
  });

  it('neither feed nor file is ever taken from an address without encryption [F41, R23]', async () => {
    const secure = await bench.serve({ tls: true });
    const source = bench.createFeed({ ca: cert }, secure.url);
    await secure.setFault({ kind: 'redirect', to: `${bench.server.url}/${name}` }, imageBytes);
    await source.check();
    expect(await sentenceOf(quietly(source))).toContain('without encryption');
    await secure.setFault({ kind: 'redirect', to: `${bench.server.url}/latest-linux.yml` });
    expect(await sentenceOf(source.check())).toContain('without encryption');
    expect(bench.server.requests).toEqual([]);
  });

  it('an encrypted address may send on to another one', async () => {
    const secure = await bench.serve({ tls: true });
    const other = await bench.serve({ tls: true });
    const source = bench.createFeed({ ca: cert }, secure.url);
    await secure.setFault({ kind: 'redirect', to: `${other.url}/${name}` }, imageBytes);
    await source.check();
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
  });

  it('a feed at an address without encryption is not asked at all', async () => {
    const source = bench.createFeed({}, 'http://192.0.2.1/');
    expect(await sentenceOf(source.check())).toContain('without encryption');
  });
});

describe('a download', () => {
  const leftovers = (): string[] =>
    [bench.pending, bench.partial].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder) : [],
    );

  it('brings the very bytes, with progress', async () => {
    const source = await found();
    const seen: number[] = [];
    const file = await source.download(({ transferred, total }) => {
      seen.push(transferred);
      expect(total).toBe(image.length);
    }, never);
    expect(readFileSync(file).equals(image)).toBe(true);
    expect(seen.at(-1)).toBe(image.length);
    expect(readFileSync(bench.installed, 'utf8')).toBe('old');
    expect(readdirSync(bench.partial)).toEqual([]);
  });

  it('of other bytes than were signed is refused and deleted [F37]', async () => {
    await bench.server.setFault({ kind: 'corrupt' }, imageBytes);
    const source = await found();
    expect(await sentenceOf(quietly(source))).toContain('checksum differs');
    expect(leftovers()).toEqual([]);
  });

  it('that breaks off says so [F37]', async () => {
    await bench.server.setFault({ kind: 'truncated', afterBytes: 200_000 }, imageBytes);
    const source = await found();
    expect(await sentenceOf(quietly(source))).toContain('broke off');
    await bench.server.setFault({ kind: 'none' });
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
  });

  it('goes on where it stopped, also in another process [F40]', async () => {
    await bench.server.setFault({ kind: 'stall', afterBytes: 200_000 }, imageBytes);
    await problemOf(quietly(await found({ limits: { stall: { silenceMs: 300 } } })));
    await bench.server.setFault({ kind: 'none' });
    // What is on the disk is all that this one knows.
    const later = await found();
    expect(readFileSync(await quietly(later)).equals(image)).toBe(true);
    expect(bench.server.requests.at(-1)).toMatchObject({ range: 'bytes=200000-', bytes: 400_000 });
  });

  it('begins again where the server knows no ranges, or the file has changed', async () => {
    await bench.server.setFault({ kind: 'truncated', afterBytes: 200_000 }, imageBytes);
    const source = await found();
    await problemOf(quietly(source));
    await bench.server.setFault({ kind: 'simple' }, imageBytes);
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);

    const next = randomBytes(image.length);
    writeFileSync(bench.at(name), next);
    await writeLatestYml(bench.served, { version: '1.1.0', file: name });
    await bench.server.setFault({ kind: 'none' });
    await source.check();
    expect(readFileSync(await quietly(source)).equals(next)).toBe(true);
  });

  it('whose beginning was damaged meanwhile is downloaded from the start', async () => {
    await bench.server.setFault({ kind: 'truncated', afterBytes: 200_000 }, imageBytes);
    const source = await found();
    await problemOf(quietly(source));
    writeFileSync(path.join(bench.partial, 'download.part'), randomBytes(150_000));
    await bench.server.setFault({ kind: 'none' });
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
  });

  it('of more than was offered is ended and deleted [F37, R23]', async () => {
    const source = await found();
    await bench.server.setFault({ kind: 'endless' }, imageBytes);
    expect(await sentenceOf(quietly(source))).toContain('more than the file that was offered');
    await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
    expect(bench.server.requests.at(-1)?.bytes).toBeLessThan(20_000_000);
    expect(leftovers()).toEqual([]);
  });

  it('of another size than was offered is not begun', async () => {
    const source = await found();
    writeFileSync(bench.at(name), randomBytes(5_000_000));
    expect(await sentenceOf(quietly(source))).toContain('another size');
    await bench.server.setFault({ kind: 'page' }, imageBytes);
    expect(await sentenceOf(quietly(source))).toContain('A web page');
  });

  it('is not begun, and not gone on with, without room on the disk', async () => {
    const full = await found({ limits: { freeBytes: () => 1_000 } });
    expect(await sentenceOf(quietly(full))).toContain('disk is full');
    expect(bench.server.requests.filter(({ path: asked }) => imageBytes.test(asked))).toEqual([]);

    const large = randomBytes(40_000_000);
    writeFileSync(bench.at(name), large);
    await writeLatestYml(bench.served, { version: '1.1.0', file: name });
    let asked = 0;
    const filling = await found({ limits: { freeBytes: () => (asked++ === 0 ? 1e12 : 1_000) } });
    expect(await sentenceOf(quietly(filling))).toContain('disk is full');
    expect(bench.server.requests.at(-1)?.bytes).toBeLessThan(large.length);
    expect(leftovers()).toEqual([]);
  });

  it('of an honest server that tells no length, and is slow, is no stalled one [R24]', async () => {
    const source = await found({ limits: { stall: { silenceMs: 400 } } });
    await bench.server.setFault({ kind: 'simple', bytesPerSecond: 600_000 }, imageBytes);
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
  });

  it.each([{ kind: 'stall', afterBytes: 50_000 }, { kind: 'silent' }] as const)(
    'with %o is ended when no byte has come for its time [F40]',
    async (fault) => {
      const source = await found({ limits: { stall: { silenceMs: 300 } } });
      await bench.server.setFault(fault, imageBytes);
      expect(await sentenceOf(quietly(source))).toContain('has stalled');
      await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
      await bench.server.setFault({ kind: 'none' });
      expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
    },
  );

  it('that only drips is ended, and goes on where it stopped [F40]', async () => {
    const stall = { minRate: 200_000, rateMs: 300 };
    const source = await found({ limits: { stall } });
    await bench.server.setFault({ kind: 'slow', bytesPerSecond: 20_000 }, imageBytes);
    expect(await sentenceOf(quietly(source))).toContain('less than 1 kB came per second');
    await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
    // Slow, and yet fast enough.
    await bench.server.setFault({ kind: 'slow', bytesPerSecond: 1_000_000 }, imageBytes);
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
    expect(bench.server.requests.at(-1)).toMatchObject({ status: 206 });
  });

  it('of a file that is gone says so', async () => {
    const source = await found();
    await bench.server.setFault({ kind: 'status', status: 404 }, imageBytes);
    expect(await sentenceOf(quietly(source))).toContain('no longer at its address');
  });

  it('that is cancelled ends its connection [F40]', async () => {
    const source = await found();
    for (const fault of [{ kind: 'stall', afterBytes: 50_000 }, { kind: 'silent' }] as const) {
      await bench.server.setFault(fault, imageBytes);
      const abort = new AbortController();
      const asked = bench.server.requests.length;
      const download = problemOf(source.download(() => undefined, abort.signal));
      await eventually(() => expect(bench.server.requests.length).toBeGreaterThan(asked));
      abort.abort();
      expect((await download).cancelled).toBe(true);
      await eventually(() => expect(bench.server.requests.at(-1)?.closed).toBe(true));
    }
    const aborted = AbortSignal.abort();
    expect((await problemOf(source.download(() => undefined, aborted))).cancelled).toBe(true);
  });

  it('that is cancelled where a redirect has led ends that connection', async () => {
    const other = await bench.serve({});
    await other.setFault({ kind: 'silent' });
    const source = await found();
    await bench.server.setFault({ kind: 'redirect', to: `${other.url}/${name}` }, imageBytes);
    const abort = new AbortController();
    const download = problemOf(source.download(() => undefined, abort.signal));
    await eventually(() => expect(other.requests).toHaveLength(1));
    abort.abort();
    expect((await download).cancelled).toBe(true);
    await eventually(() => expect(other.requests[0]?.closed).toBe(true));
  });

  it('that is begun again at once after it was cancelled is a new one', async () => {
    const source = await found();
    await bench.server.setFault({ kind: 'stall', afterBytes: 50_000 }, imageBytes);
    const abort = new AbortController();
    const asked = bench.server.requests.length;
    const cancelled = problemOf(source.download(() => undefined, abort.signal));
    await eventually(() => expect(bench.server.requests.length).toBeGreaterThan(asked));
    await bench.server.setFault({ kind: 'none' });
    abort.abort();
    const again = quietly(source);
    expect((await cancelled).cancelled).toBe(true);
    expect(readFileSync(await again).equals(image)).toBe(true);
  });

  it('that is there already is not downloaded twice; damaged since, it is replaced [R25]', async () => {
    const source = await found();
    const file = await quietly(source);
    const asked = bench.server.requests.length;
    expect(await quietly(source)).toBe(file);
    expect(bench.server.requests).toHaveLength(asked);
    writeFileSync(file, 'damaged');
    expect(readFileSync(await quietly(source)).equals(image)).toBe(true);
    const later = await found();
    writeFileSync(file, 'damaged');
    expect(readFileSync(await quietly(later)).equals(image)).toBe(true);
  });
});
