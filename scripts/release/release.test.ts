/** What `npm run release` leaves in the folder: a real client takes it from a plain web server. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { testKeys } from '../../e2e/fixtures/release-keys.ts';
import { openFeedBench } from '../../electron/testing/feed-bench.ts';
import { layRelease } from './lay-release.ts';
import { sbomOf } from './sbom.ts';
import { signRelease } from './sign.ts';

const image = 'Holdfast-x86_64.AppImage';
const date = new Date('2026-03-01T12:00:00Z');

const bench = openFeedBench();

/** What electron-builder leaves: packages, the feed file, and what nobody downloads. @returns the image's bytes */
async function pack(version: string): Promise<Buffer> {
  const packed = path.join(bench.folder, 'packed');
  mkdirSync(packed, { recursive: true });
  const bytes = randomBytes(20_000);
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
