/**
 * The releases that update tests go between, packed once and kept until a source changes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourcesFingerprint } from './build.mjs';
import { bundledNode, root, toolEnvironment } from './paths.mjs';
import { mustRun } from './run.mjs';
import { say } from './say.mjs';

/**
 * The two for tests differ in nothing but their version. The third is what users get, without the
 * tests' doors, and left unpacked.
 */
const releases = {
  old: { name: 'old', version: '1.0.0', flavour: 'e2e' },
  new: { name: 'new', version: '1.0.1', flavour: 'e2e' },
  shipped: { name: 'shipped', version: '1.0.0', flavour: 'release' },
};
/** What decides about the image, besides the sources. */
const packing = [
  'electron-builder.yml',
  'build/after-extract.mjs',
  'build/deb/after-install.tpl',
  'build/deb/after-remove.tpl',
  'build/deb/before-remove.sh',
  'build/deb/holdfast',
  'build/installer.nsh',
  'build/installer-swap.nsh',
  'build/toolchain/appimage-runtime.c',
  'scripts/dist.mjs',
  'e2e/fixtures/release-keys.ts',
  'scripts/release/keys.ts',
  'scripts/release/plain-block-map.ts',
  'scripts/release/sign.ts',
  'scripts/lib/nsis-toolchain.mjs',
  'scripts/lib/toolchain.mjs',
];

/** How they are packed, by platform. */
const kinds = {
  linux: { folder: '', words: ['--targets', 'AppImage'] },
  windows: { folder: 'windows-', words: ['--win'] },
  dir: { folder: '', words: ['--targets', 'dir'] },
  deb: { folder: 'deb-', words: ['--targets', 'deb'] },
};

/**
 * @param {keyof typeof kinds} [kind]
 * @returns {Promise<{ HOLDFAST_RELEASE_OLD: string, HOLDFAST_RELEASE_NEW: string }>} the folders:
 *   each holds an AppImage and the feed file `latest-linux.yml`, or a Setup.exe and `latest.yml`
 */
export async function ensurePackedReleases(kind = 'linux') {
  const [older, newer] = [await pack(releases.old, kind), await pack(releases.new, kind)];
  return { HOLDFAST_RELEASE_OLD: older, HOLDFAST_RELEASE_NEW: newer };
}

/** @returns {Promise<{ HOLDFAST_RELEASE_SHIPPED: string }>} the folder that holds `linux-unpacked` */
export async function ensureShippedRelease() {
  return { HOLDFAST_RELEASE_SHIPPED: await pack(releases.shipped, 'dir') };
}

/** @returns {Promise<string>} the folder that holds the deb as users get it */
export function ensurePackedDeb() {
  return pack(releases.shipped, 'deb');
}

/**
 * The releases after the new one, each a version above the one before it.
 * @param {number} count of updates in a row, the one from old to new among them
 * @param {keyof typeof kinds} [kind]
 * @returns {Promise<{ HOLDFAST_RELEASES_AFTER: string }>} their folders, parted by `:`
 */
export async function ensureReleasesAfter(count, kind = 'linux') {
  const folders = [];
  for (let patch = 2; patch <= count; patch += 1) {
    const release = { name: `new-${patch}`, version: `1.0.${patch}`, flavour: 'e2e' };
    folders.push(await pack(release, kind));
  }
  return { HOLDFAST_RELEASES_AFTER: folders.join(':') };
}

/**
 * @param {{ name: string, version: string, flavour: string }} release
 * @param {keyof typeof kinds} kind
 */
async function pack({ name, version, flavour }, kind) {
  const folder = path.join(root, 'dist', 'e2e', kinds[kind].folder + name);
  const stamp = path.join(folder, '.packed-from');
  const wanted = fingerprint(version);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  const keys = path.join(root, 'e2e', 'fixtures', 'release-keys.ts');
  const trusted = path.join(root, 'dist', 'e2e', 'root.json');
  mkdirSync(path.dirname(trusted), { recursive: true });
  await mustRun(bundledNode, [keys, 'root', trusted]);
  say(`packing release ${version} (${name}) for the tests ...`);
  const options = [
    '--flavour',
    flavour,
    ...kinds[kind].words,
    '--app-version',
    version,
    '--build-id',
    `${version}+${name}`,
    '--root',
    trusted,
    '--out',
    folder,
  ];
  await mustRun(bundledNode, [path.join(root, 'scripts', 'dist.mjs'), ...options], {
    env: toolEnvironment(),
  });
  if (flavour === 'e2e') await mustRun(bundledNode, [keys, 'sign', folder]);
  writeFileSync(stamp, wanted);
  return folder;
}

/** @param {string} version */
function fingerprint(version) {
  const hash = createHash('sha256').update(version).update(sourcesFingerprint());
  for (const file of packing) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
