/** Whoever controls the server of the feed: each lie costs one sentence, and nothing is downloaded. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { signFeed, testKeys, testRoot } from '../../e2e/fixtures/release-keys.ts';
import { makeRoot, publishRoot, renewTimestamp } from '../../scripts/release/sign.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { type Feed, UpdateProblem } from './types.ts';

const name = 'Holdfast.AppImage';
const day = 24 * 3_600_000;
const notSigned = 'not signed by Holdfast’s release keys';

const bench = openFeedBench(async () => {
  await release('1.1.0');
});

const at = (...parts: string[]): string => bench.at(...parts);
const metadata = (file: string): string => at('metadata', file);
/** One installation: it remembers what it has seen. */
const feed = (): Feed => bench.createFeed();

async function release(version: string): Promise<void> {
  writeFileSync(at(name), randomBytes(50_000));
  await writeLatestYml(bench.served, { version, file: name });
}

/** What is served now, to be served again later. */
function keepAside(): () => void {
  const kept = path.join(bench.folder, 'kept');
  rmSync(kept, { recursive: true, force: true });
  cpSync(bench.served, kept, { recursive: true });
  return () => {
    rmSync(bench.served, { recursive: true });
    cpSync(kept, bench.served, { recursive: true });
  };
}

/** What the user reads of a check, and that no byte of a program was asked for. */
async function refusal(source: Feed = feed()): Promise<string> {
  const error = await source.check().then(
    (found) => new Error(`${found?.version} was offered`),
    (cause: unknown) => cause,
  );
  if (!(error instanceof UpdateProblem)) throw error;
  expect(bench.server.requests.filter((one) => one.path.endsWith(name))).toEqual([]);
  return error.problem.message;
}

it('software of its own, with a feed to match, is refused', async () => {
  const genuine = path.join(bench.folder, 'genuine');
  cpSync(at('metadata'), genuine, { recursive: true });
  await release('6.6.6');
  rmSync(at('metadata'), { recursive: true });
  cpSync(genuine, at('metadata'), { recursive: true });
  expect(await refusal()).toContain(notSigned);
});

it('another program under the signed name is not kept, though the feed is genuine', async () => {
  const source = feed();
  expect((await source.check())?.version).toBe('1.1.0');
  writeFileSync(at(name), randomBytes(50_000));
  const error = await source
    .download(() => undefined, new AbortController().signal)
    .catch((e) => e);
  expect(error).toBeInstanceOf(UpdateProblem);
  expect(error.problem.message).toContain('checksum differs');
});

it('keys of its own are refused, and so are too few of ours [F39]', async () => {
  await signFeed(bench.served, { keys: testKeys('somebody else') });
  expect(await refusal()).toContain(notSigned);
  await release('1.1.1');
  const file = metadata('3.targets.json');
  const json: { signatures: unknown[] } = JSON.parse(readFileSync(file, 'utf8'));
  json.signatures.pop();
  writeFileSync(file, JSON.stringify(json));
  expect(await refusal()).toContain(notSigned);
});

it('a release that was the newest once is refused by whoever has seen a newer one [F38]', async () => {
  const serveOld = keepAside();
  await release('1.2.0');
  expect((await feed().check())?.version).toBe('1.2.0');
  serveOld();
  expect(await refusal()).toContain(notSigned);
});

it('news that are held back show when the newest word expires [F38]', async () => {
  await signFeed(bench.served, { now: Date.now() - 30 * day });
  const since = new Date(Date.now() - 23 * day).toISOString().slice(0, 10);
  expect(await refusal()).toBe(
    `There has been no fresh word from the update server since ${since}. Nothing was downloaded.`,
  );
  await renewTimestamp(bench.served, { keys: testKeys(), now: Date.now() });
  expect((await feed().check())?.version).toBe('1.1.0');
});

it('parts of two releases do not go together [F38]', async () => {
  const [oldFeed, oldTargets] = [readFileSync(at('latest-linux.yml')), '1.targets.json'];
  await release('1.2.0');
  writeFileSync(at('latest-linux.yml'), oldFeed);
  expect(await refusal()).toContain(notSigned);
  await release('1.3.0');
  copyFileSync(metadata(oldTargets), metadata('3.targets.json'));
  expect(await refusal()).toContain(notSigned);
});

it('metadata without an end is not read to its end', async () => {
  await bench.server.setFault({ kind: 'endless' }, /timestamp\.json$/);
  expect(await refusal()).toContain('far too large');
  expect(bench.server.requests.at(-1)?.bytes).toBeLessThan(8 * 1024 * 1024);
});

it('metadata that drips is ended with its check', async () => {
  await bench.server.setFault({ kind: 'slow', bytesPerSecond: 20 }, /timestamp\.json$/);
  const source = bench.createFeed({ limits: { checkMs: 500 } });
  expect(await refusal(source)).toContain('did not answer in time');
});

it.each([
  ['no JSON', '{'],
  ['far too deep', '['.repeat(100_000)],
  ['of another shape', '{"signed": {"_type": "timestamp"}, "signatures": []}'],
  ['empty', ''],
])('metadata that is %s is refused', async (_name, text) => {
  writeFileSync(metadata('timestamp.json'), text);
  expect(await refusal()).toContain(notSigned);
});

it('metadata behind redirects without end, or to an address without encryption, is not read [F41]', async () => {
  await bench.server.setFault({ kind: 'redirect', to: '' }, /\.json$/);
  expect(await refusal()).toContain('more than five times');
  await bench.server.setFault({ kind: 'redirect', to: 'http://192.0.2.1/' }, /\.json$/);
  expect(await refusal()).toContain('without encryption');
});

it('a feed without signed metadata is refused', async () => {
  rmSync(at('metadata'), { recursive: true });
  expect(await refusal()).toContain('not found at its address');
});

it('new root keys are followed along the signatures of the old ones, and revoked keys count no longer [F39]', async () => {
  const second = testKeys('second');
  const { version, json } = makeRoot(
    second,
    { now: Date.now() },
    { root: testRoot(), keys: testKeys() },
  );
  await publishRoot(bench.served, version, json);
  expect(await refusal()).toContain(notSigned);
  await signFeed(bench.served, { keys: second });
  expect((await feed().check())?.version).toBe('1.1.0');
  // Whoever still has the old keys can say nothing any more, nor take the step back.
  await signFeed(bench.served, { keys: testKeys() });
  expect(await refusal()).toContain(notSigned);
  rmSync(metadata('2.root.json'));
  expect(await refusal()).toContain(notSigned);
});

it('a root that its predecessor’s keys have not signed is not followed [F39]', async () => {
  const { json } = makeRoot(
    testKeys('second'),
    { now: Date.now() },
    { root: testRoot(), keys: [] },
  );
  await publishRoot(bench.served, 2, json);
  await signFeed(bench.served, { keys: testKeys('second') });
  expect(await refusal()).toContain(notSigned);
  // Nothing of it stays behind.
  rmSync(metadata('2.root.json'));
  await signFeed(bench.served);
  expect((await feed().check())?.version).toBe('1.1.0');
});

it('a check without news asks for two small files of metadata, and the feed', async () => {
  await feed().check();
  const before = bench.server.requests.length;
  await feed().check();
  const asked = bench.server.requests.slice(before);
  expect(asked.map((one) => [one.path, one.status])).toEqual([
    ['/metadata/2.root.json', 404],
    ['/metadata/timestamp.json', 200],
    ['/latest-linux.yml', 200],
  ]);
  expect(asked.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(2_048);
});
