/** What `npm run release` leaves in the folder: a real client takes it from a plain web server. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { testKeys } from '../../e2e/fixtures/release-keys.ts';
import { openFeedBench } from '../../electron/testing/feed-bench.ts';
import { makeDeltas } from './deltas.ts';
import { layRelease } from './lay-release.ts';
import { sbomOf } from './sbom.ts';
import { signRelease } from './sign.ts';

const image = 'Holdfast-x86_64.AppImage';
const common = randomBytes(20_000);
const date = new Date('2026-03-01T12:00:00Z');

const bench = openFeedBench();

/** What electron-builder leaves: packages, the feed file, and what nobody downloads. @returns the image's bytes */
async function pack(version: string, bytes = randomBytes(20_000)): Promise<Buffer> {
  const packed = path.join(bench.folder, 'packed');
  mkdirSync(packed, { recursive: true });
  writeFileSync(path.join(packed, image), bytes);
  writeFileSync(path.join(packed, `holdfast_${version}_amd64.deb`), randomBytes(100));
  writeFileSync(path.join(packed, 'builder-debug.yml'), 'x: 1');
  await writeLatestYml(packed, { version, file: image });
  return bytes;
}

async function release(version: string, channel: 'stable' | 'beta' = 'stable'): Promise<Buffer> {
  const bytes = await pack(version);
  const packed = path.join(bench.folder, 'packed');
  layRelease({ packed, release: bench.served, channel, version, date });
  await signRelease(bench.served, { keys: testKeys(), now: Date.now() });
  return bytes;
}

const taken = (channel: 'stable' | 'beta') => bench.take({ channel });

/** Releases a version whose image differs from the one before in a word. @returns the image's bytes */
async function releaseEdited(version: string, channel: 'stable' | 'beta' = 'stable') {
  const bytes = await pack(version, Buffer.concat([common, Buffer.from(`version ${version}`)]));
  const packed = path.join(bench.folder, 'packed');
  layRelease({ packed, release: bench.served, channel, version, date });
  await makeDeltas(bench.served);
  await signRelease(bench.served, { keys: testKeys(), now: Date.now() });
  return bytes;
}

const deltas = (): string[] => readdirSync(bench.served).filter((one) => one.endsWith('.delta'));
/** A client that has `installed` updates. @returns how many bytes of deltas and of images it fetched */
async function updated(installed: Buffer, channel: 'stable' | 'beta' = 'stable') {
  const before = [bench.sent(/delta$/), bench.sent(/AppImage$/)] as const;
  writeFileSync(bench.installed, installed);
  rmSync(path.dirname(bench.pending), { recursive: true, force: true });
  const { bytes } = await bench.take({ channel, differences: true });
  return {
    bytes,
    ofDelta: bench.sent(/delta$/) - before[0],
    ofImage: bench.sent(/AppImage$/) - before[1],
  };
}

describe('deltas', () => {
  it('go from each of the last three releases to the present one, and to no other', async () => {
    const images = [];
    for (const version of ['1.1.0', '1.2.0', '1.9.0', '1.10.0', '1.11.0']) {
      images.push(await releaseEdited(version));
    }
    const [tooOld, ...known] = images;
    const present = known.pop();
    if (!tooOld || !present) throw new Error('nothing was released');
    expect(deltas()).toHaveLength(3);
    for (const image of known) {
      const { bytes, ofDelta, ofImage } = await updated(image);
      expect(bytes.equals(present)).toBe(true);
      expect(ofDelta).toBeGreaterThan(0);
      expect(ofDelta).toBeLessThan(500);
      expect(ofImage).toBe(0);
    }
    const { bytes, ofDelta, ofImage } = await updated(tooOld);
    expect(bytes.equals(present)).toBe(true);
    expect([ofDelta, ofImage]).toEqual([0, present.length]);
    expect(readdirSync(path.join(bench.served, 'earlier', 'stable')).sort()).toEqual([
      '1.10.0',
      '1.2.0',
      '1.9.0',
    ]);
  });

  it('go from stable to beta and back, never to an older version', async () => {
    const first = await releaseEdited('1.1.0');
    const beta = await releaseEdited('1.2.0-beta.1', 'beta');
    expect((await updated(first, 'beta')).ofImage).toBe(0);
    const stable = await releaseEdited('1.2.0');
    const taken = await updated(beta, 'beta');
    expect(taken.bytes.equals(stable)).toBe(true);
    expect(taken.ofImage).toBe(0);
    // From 1.1.0 to the beta, from both to 1.2.0.
    expect(deltas()).toHaveLength(3);
  });

  it('are not made where they save nothing', async () => {
    await release('1.1.0');
    await release('1.2.0');
    await makeDeltas(bench.served);
    expect(deltas()).toEqual([]);
  });
});

describe('a release folder', () => {
  it('holds a release that a client takes, dated like its commit', async () => {
    const bytes = await release('1.1.0');
    expect(await taken('stable')).toEqual({ version: '1.1.0', bytes });
    expect(readdirSync(bench.served).sort()).toEqual([
      image,
      'holdfast_1.1.0_amd64.deb',
      'latest-linux.yml',
      'metadata',
    ]);
    const feed = readFileSync(bench.at('latest-linux.yml'), 'utf8');
    expect(feed).toContain(date.toISOString());
  });

  it('holds a beta version beside the stable one, and each client takes its own', async () => {
    const stable = await release('1.1.0');
    const beta = await release('1.2.0-beta.1', 'beta');
    expect(await taken('stable')).toEqual({ version: '1.1.0', bytes: stable });
    expect(await taken('beta')).toEqual({ version: '1.2.0-beta.1', bytes: beta });
  });

  it('is not laid of another version, nor of nothing', async () => {
    await pack('1.1.0');
    const parts = { release: bench.served, channel: 'stable', date } as const;
    const packed = path.join(bench.folder, 'packed');
    expect(() => layRelease({ ...parts, packed, version: '1.2.0' })).toThrow(
      'of version 1.1.0, not 1.2.0',
    );
    expect(() => layRelease({ ...parts, packed: bench.served, version: '1.1.0' })).toThrow(
      'no feed file',
    );
    expect(readdirSync(bench.served)).toEqual([]);
  });
});

it('a bill of materials names each package with its licence, and is the same for the same commit', () => {
  const materials = {
    version: '1.1.0',
    date,
    packages: [
      { name: 'tuf-js', version: '5.0.1', license: 'MIT' },
      { name: '@tufjs/models', version: '4.1.1', license: '(MIT OR Apache-2.0)' },
    ],
  };
  const bom = JSON.parse(sbomOf(materials));
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    metadata: { timestamp: date.toISOString(), component: { name: 'holdfast', version: '1.1.0' } },
    components: [
      {
        group: '@tufjs',
        name: 'models',
        purl: 'pkg:npm/%40tufjs/models@4.1.1',
        licenses: [{ expression: '(MIT OR Apache-2.0)' }],
      },
      { name: 'tuf-js', purl: 'pkg:npm/tuf-js@5.0.1', licenses: [{ license: { id: 'MIT' } }] },
    ],
  });
  expect(sbomOf(materials)).toBe(sbomOf({ ...materials, packages: materials.packages }));
});
