/**
 * The two releases that update tests go between, packed once and kept until a source changes.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourcesFingerprint } from './build.mjs';
import { bundledNode, root, toolEnvironment } from './paths.mjs';
import { mustRun } from './run.mjs';
import { say } from './say.mjs';

/**
 * The two for tests differ in nothing but their version. The third is what users get, without the
 * tests' doors, and left unpacked.
 */
const RELEASES = {
  old: { version: '1.0.0', flavour: 'e2e' },
  new: { version: '1.0.1', flavour: 'e2e' },
  shipped: { version: '1.0.0', flavour: 'release' },
};
/** What decides how the image looks, besides the sources. */
const PACKING = [
  'electron-builder.yml',
  'build/after-extract.mjs',
  'build/installer.nsh',
  'build/installer-swap.nsh',
  'build/toolchain/appimage-runtime.c',
  'scripts/dist.mjs',
  'scripts/lib/nsis-toolchain.mjs',
  'scripts/lib/toolchain.mjs',
];

/** How they are packed, by platform. */
const KINDS = {
  linux: { folder: '', words: ['--targets', 'AppImage'] },
  windows: { folder: 'windows-', words: ['--win'] },
};

/**
 * @param {keyof typeof KINDS} [kind]
 * @returns {Promise<{ HOLDFAST_RELEASE_OLD: string, HOLDFAST_RELEASE_NEW: string }>} the folders:
 *   each holds an AppImage and the feed file `latest-linux.yml`, or a Setup.exe and `latest.yml`
 */
export async function ensurePackedReleases(kind = 'linux') {
  const [older, newer] = [await pack('old', kind), await pack('new', kind)];
  return { HOLDFAST_RELEASE_OLD: older, HOLDFAST_RELEASE_NEW: newer };
}

/** @returns {Promise<{ HOLDFAST_RELEASE_SHIPPED: string }>} the folder that holds `linux-unpacked` */
export async function ensureShippedRelease() {
  return { HOLDFAST_RELEASE_SHIPPED: await pack('shipped', 'linux') };
}

/** @param {keyof typeof RELEASES} which @param {keyof typeof KINDS} kind */
async function pack(which, kind) {
  const { version, flavour } = RELEASES[which];
  const folder = path.join(root, 'dist', 'e2e', KINDS[kind].folder + which);
  const stamp = path.join(folder, '.packed-from');
  const wanted = fingerprint(version);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  say(`packing release ${version} (${which}) for the tests ...`);
  const options = [
    '--flavour',
    flavour,
    ...(flavour === 'release' ? ['--targets', 'dir'] : KINDS[kind].words),
    '--app-version',
    version,
    '--build-id',
    `${version}+${which}`,
    '--out',
    folder,
  ];
  await mustRun(bundledNode, [path.join(root, 'scripts', 'dist.mjs'), ...options], {
    env: toolEnvironment(),
  });
  writeFileSync(stamp, wanted);
  return folder;
}

/** @param {string} version */
function fingerprint(version) {
  const hash = createHash('sha256').update(version).update(sourcesFingerprint());
  for (const file of PACKING) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
