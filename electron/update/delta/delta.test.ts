/**
 * Deltas as the release tool makes them, fetched from a real server, and every way in which one can be of no
 * use: then the parts that differ are downloaded, and the log says why.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FeedFault } from '../../../e2e/fixtures/feed-server.ts';
import { writeLatestYml } from '../../../e2e/fixtures/feed-server-yml.ts';
import { signFeed } from '../../../e2e/fixtures/release-keys.ts';
import { makeDelta, markOf } from '../../../scripts/release/make-delta.ts';
import { eventually } from '../../testing/eventually.ts';
import { openFeedBench } from '../../testing/feed-bench.ts';
import { mappedImage } from '../../testing/mapped-image.ts';
import { type FeedSetup, sha512Of } from '../../testing/update-bench.ts';
import { type Progress, UpdateProblem } from '../types.ts';
import { type DeltaStep, deltaName, writeHeader, writeSteps } from './delta-format.ts';

const name = 'Holdfast.AppImage';
const isDelta = /\.delta$/;
const isImage = /\.AppImage$/;
const blockBytes = 100_000;
const blocks = Array.from({ length: 30 }, () => randomBytes(blockBytes));
const changed = [...blocks.slice(0, 10), Buffer.from(blocks[10] ?? ''), ...blocks.slice(11)];
changed[10]?.write('a changed word', 50_000);
const old = mappedImage(blocks);
const next = mappedImage(changed);
const genuine = makeDelta(old.bytes, next.bytes);
const nameOfDelta = deltaName(sha512Of(old.bytes), sha512Of(next.bytes));

const bench = openFeedBench(() => {
  writeFileSync(bench.installed, old.bytes);
  return publish(genuine);
});

async function publish(delta: Buffer, delivered = name): Promise<void> {
  writeFileSync(bench.at(delivered), next.bytes);
  writeFileSync(bench.at(nameOfDelta), delta);
  const { blockMapSize } = next;
  await writeLatestYml(bench.served, { version: '1.1.0', file: delivered, blockMapSize });
}

const logged: string[] = [];
function client(setup: FeedSetup = {}): FeedSetup {
  logged.length = 0;
  return { differences: true, log: (message) => logged.push(message), ...setup };
}

async function mustTake(setup?: FeedSetup): Promise<void> {
  const { bytes } = await bench.take(client(setup));
  expect(bytes.equals(next.bytes)).toBe(true);
}

/** The block map served instead, and the log says why in one line. */
function expectBlockMap(why: string): void {
  expect(bench.sent(isImage)).toBeGreaterThan(blockBytes / 2);
  expect(bench.sent(isImage)).toBeLessThan(3 * blockBytes);
  expect(logged.filter((line) => line.includes('delta'))).toEqual([
    expect.stringContaining(`the delta is not used (${why}`),
  ]);
}

const partials = (): string[] => (existsSync(bench.partial) ? readdirSync(bench.partial) : []);

it('a changed word costs a few hundred bytes, and what the window counts is those', async () => {
  const seen: Progress[] = [];
  const feed = bench.createFeed(client());
  await feed.check();
  const file = await feed.download((one) => seen.push(one), new AbortController().signal);
  expect(readFileSync(file).equals(next.bytes)).toBe(true);
  expect(bench.sent(isImage)).toBe(0);
  expect(bench.sent(isDelta)).toBe(genuine.length);
  expect(genuine.length).toBeLessThan(1_000);
  const { length } = genuine;
  expect(seen.at(-1)).toMatchObject({ transferred: length, total: length });
  expect(partials()).toEqual([]);
  expect(logged).toContain(
    `updater: a delta of ${length} bytes made the whole file of ${next.bytes.length}`,
  );
});

it('an installed image that is not the very one that the delta starts from is not asked about', async () => {
  writeFileSync(bench.installed, mappedImage([...blocks, randomBytes(10)]).bytes);
  await mustTake();
  expect(bench.sent(isDelta)).toBe(0);
  expect(bench.sent(isImage)).toBeLessThan(4 * blockBytes);
});

it('a delta that is not signed is not even asked for', async () => {
  rmSync(bench.at(nameOfDelta));
  await signFeed(bench.served);
  writeFileSync(bench.at(nameOfDelta), genuine);
  await mustTake();
  expect(bench.server.requests.some((one) => isDelta.test(one.path))).toBe(false);
  expect(bench.sent(isImage)).toBeGreaterThan(0);
});

it('a delta that is no smaller than the file is not asked for', async () => {
  await publish(Buffer.concat([genuine, randomBytes(next.bytes.length)]));
  await mustTake();
  expect(bench.server.requests.some((one) => isDelta.test(one.path))).toBe(false);
});

describe('a signed delta', () => {
  const mark = { base: markOf(old.bytes), next: markOf(next.bytes) };
  const size = mark.next.size;
  function lie(steps: readonly DeltaStep[], literals: Buffer, said = literals.length): Buffer {
    const bytes = writeSteps(steps);
    const header = writeHeader({ ...mark, stepBytes: bytes.length, literalBytes: said });
    return Buffer.concat([header, brotliCompressSync(Buffer.concat([bytes, literals]))]);
  }
  const half = Math.floor(size / 2);
  const literal = [{ literal: size, copy: 0, from: 0 }];
  const copied = [{ literal: 0, copy: mark.base.size, from: 0 }];
  /** From the changed block on, of what the next file is made. */
  const lacking = Buffer.concat([changed[10] ?? old.bytes, next.bytes.subarray(30 * blockBytes)]);
  const right = [
    { literal: 0, copy: 10 * blockBytes, from: 0 },
    { literal: blockBytes, copy: 19 * blockBytes, from: 11 * blockBytes },
    { literal: lacking.length - blockBytes, copy: 0, from: 0 },
  ];
  const anything = Buffer.from('anything');

  it.each([
    ['of another file', makeDelta(old.bytes.subarray(1), next.bytes), 'it is the delta of another'],
    ['to another file', makeDelta(old.bytes, randomBytes(5_000)), 'it makes another file'],
    ['that makes other bytes', lie(literal, Buffer.alloc(size)), 'CHECKSUM_DIFFERS'],
    ['of an unknown format', Buffer.concat([anything, genuine.subarray(8)]), 'it is no delta'],
    ['that is cut off', genuine.subarray(0, -5), ''],
    ['that is cut off in its head', genuine.subarray(0, 100), 'it ends before its time'],
    ['that is no brotli', Buffer.concat([genuine.subarray(0, 158), randomBytes(500)]), ''],
    [
      'that copies from behind the end',
      lie([{ literal: 0, copy: size, from: mark.base.size }], Buffer.alloc(0)),
      'it copies what is not there',
    ],
    [
      'that copies from before the beginning',
      lie([{ literal: 0, copy: size, from: -1 }], Buffer.alloc(0)),
      'it copies what is not there',
    ],
    [
      'that makes a longer file',
      lie([...copied, ...copied], Buffer.alloc(0)),
      'it makes too long a file',
    ],
    [
      'that makes a shorter file',
      lie([{ literal: 0, copy: half, from: 0 }], Buffer.alloc(0)),
      'it makes too short a file',
    ],
    [
      'of steps that do nothing',
      lie([{ literal: 0, copy: 0, from: 0 }], anything),
      'it has a step',
    ],
    [
      'that inflates to more than it says',
      lie(right, Buffer.concat([lacking, Buffer.alloc(300_000_000)]), lacking.length),
      'it is longer than it says',
    ],
    [
      'that says to be longer than what it makes',
      lie(literal, Buffer.alloc(size), 2 ** 40),
      'it says more than a delta can',
    ],
    ['that has fewer bytes than it says', lie(literal, anything, size), 'it ends before its time'],
    [
      'of steps that never end',
      Buffer.concat([
        writeHeader({ ...mark, stepBytes: 100, literalBytes: 0 }),
        brotliCompressSync(Buffer.alloc(100, 255)),
      ]),
      'its steps can’t be read',
    ],
  ])('%s costs nothing but the block map', async (_what, delta, why) => {
    await publish(delta);
    await mustTake();
    expectBlockMap(why);
    expect(partials()).toEqual([]);
  });
});

describe('a server', () => {
  it.each<readonly [FeedFault, string]>([
    [{ kind: 'corrupt' }, 'CHECKSUM_DIFFERS'],
    [{ kind: 'truncated', afterBytes: 100 }, ''],
    [{ kind: 'endless' }, 'FILE_TOO_LONG'],
    [{ kind: 'status', status: 404 }, 'HTTP_STATUS 404'],
    [{ kind: 'page' }, 'WEB_PAGE'],
    [{ kind: 'redirect', to: 'http://192.0.2.1/' }, 'LEFT_HTTPS'],
    [{ kind: 'stall', afterBytes: 100 }, 'STALLED'],
    [{ kind: 'silent' }, 'STALLED'],
  ])('that answers for a delta with %o costs nothing but the block map', async (fault, why) => {
    await bench.server.setFault(fault, isDelta);
    await mustTake({ limits: { stall: { silenceMs: 300 } } });
    expectBlockMap(why);
  });

  it('that has neither delta nor ranges gives the whole file', async () => {
    await bench.server.setFault({ kind: 'simple' });
    rmSync(bench.at(nameOfDelta));
    await mustTake();
    expect(bench.sent(isImage)).toBeGreaterThanOrEqual(next.bytes.length);
    expect(logged.filter((line) => line.startsWith('updater: the'))).toEqual([
      'updater: the delta is not used (HTTP_STATUS 404)',
      'updater: the whole file is downloaded (HTTP_STATUS 200)',
    ]);
  });
});

describe('a download by a delta', () => {
  /** Everything fails but the first bytes of the delta. */
  async function brokenOff(): Promise<void> {
    rmSync(bench.at(name));
    const feed = bench.createFeed(client());
    await feed.check();
    await bench.server.setFault({ kind: 'truncated', afterBytes: 200 }, isDelta);
    await expect(
      feed.download(() => undefined, new AbortController().signal),
    ).rejects.toBeInstanceOf(UpdateProblem);
    await bench.server.setFault({ kind: 'none' });
    writeFileSync(bench.at(name), next.bytes);
  }

  it('that broke off goes on where it stopped, also in another process', async () => {
    await brokenOff();
    expect(partials()).toContain('delta.part');
    await mustTake();
    expect(bench.server.requests.at(-1)).toMatchObject({ range: 'bytes=200-', status: 206 });
    expect(bench.sent(isDelta)).toBe(genuine.length);
    expect(partials()).toEqual([]);
  });

  it('that is paused keeps what has arrived, and takes nothing else meanwhile', async () => {
    await bench.server.setFault({ kind: 'stall', afterBytes: 200 }, isDelta);
    const feed = bench.createFeed(client());
    await feed.check();
    const pause = new AbortController();
    const paused = feed.download(() => undefined, pause.signal);
    const part = path.join(bench.partial, 'delta.part');
    await eventually(() => expect(statSync(part).size).toBe(200));
    pause.abort();
    await expect(paused).rejects.toMatchObject({ cancelled: true });
    expect(bench.sent(isImage)).toBe(0);
    await bench.server.setFault({ kind: 'none' });
    await mustTake();
    expect(bench.sent(isDelta)).toBe(genuine.length);
  });

  it('that was killed while the file was made of it fetches nothing twice', async () => {
    mkdirSync(bench.partial, { recursive: true });
    const lay = (kind: string, bytes: Buffer, of: Buffer): void => {
      const record = { schema: 1, sha512: sha512Of(of), size: of.length, etag: null };
      writeFileSync(path.join(bench.partial, `${kind}.json`), JSON.stringify(record));
      writeFileSync(path.join(bench.partial, `${kind}.part`), bytes, { mode: 0o600 });
    };
    lay('delta', genuine, genuine);
    lay('download', next.bytes.subarray(0, 50_000), next.bytes);
    await mustTake();
    expect(bench.sent(isDelta) + bench.sent(isImage)).toBe(0);
  });

  it('is not begun where the disk has no room for the whole file', async () => {
    // For the delta there is.
    const freeBytes = () => 32 * 1024 * 1024 + genuine.length;
    const feed = bench.createFeed(client({ limits: { freeBytes } }));
    await feed.check();
    await expect(
      feed.download(() => undefined, new AbortController().signal),
    ).rejects.toMatchObject({ problem: { message: expect.stringContaining('disk is full') } });
    expect(bench.sent(isDelta) + bench.sent(isImage)).toBe(0);
  });

  it('leaves alone what has arrived of the whole file', async () => {
    mkdirSync(bench.partial, { recursive: true });
    const record = { schema: 1, sha512: sha512Of(next.bytes), size: next.bytes.length, etag: null };
    writeFileSync(path.join(bench.partial, 'download.json'), JSON.stringify(record));
    writeFileSync(path.join(bench.partial, 'download.part'), next.bytes, { mode: 0o600 });
    await mustTake();
    expect(bench.server.requests.some(({ path: asked }) => /delta|AppImage/.test(asked))).toBe(
      false,
    );
  });
});
