/**
 * The packaging tools that electron-builder would download, made on demand from Debian's packages
 * (build/toolchain/), so that every release is packed by the same ones.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder, root } from './paths.mjs';
import { mustRun, outputOf } from './run.mjs';
import { say } from './say.mjs';

const sources = path.join(root, 'build', 'toolchain');

/** squashfuse reads all of these compressions; the order is the linker's. */
const staticLibraries = [
  'squashfuse_ll',
  'squashfuse',
  'fuse3',
  'z',
  'lzma',
  'lz4',
  'zstd',
  'lzo2',
  'pthread',
  'dl',
];

/** What changes from release to release is stored as it is: a changed word is a changed word in the image. */
const plainInImage = ['app.asar', '*.cjs', '*.mjs', 'manifest.json', 'holdfast.desktop'];
/** At the end of the image: nothing else moves when these get longer. */
const lastInImage = ['resources/app.asar', 'resources/holdfast-stage/watcher', 'holdfast.desktop'];
/** Of every file in the image: 1980, the first year that all tools know. */
const timeInImage = Date.UTC(1980, 0, 1) / 1_000;

/**
 * What to add to electron-builder's environment.
 * @param {{ fast: boolean }} options `fast`: squeeze less, for images that live for one test run
 * @returns {Promise<NodeJS.ProcessEnv>} empty where neither an AppImage nor a deb is made
 */
export async function packagingTools({ fast }) {
  if (process.platform !== 'linux') return {};
  return {
    APPIMAGE_TOOLS_PATH: await appImageTools(fast),
    CUSTOM_FPM_PATH: path.join(sources, 'fpm.mjs'),
  };
}

/** A folder laid out as electron-builder expects its AppImage tools to be. @param {boolean} fast */
async function appImageTools(fast) {
  const source = path.join(sources, 'appimage-runtime.c');
  const version = createHash('sha256')
    .update(readFileSync(source))
    .update(readFileSync(new URL(import.meta.url)))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(cacheFolder(), 'appimage-tools', `${version}${fast ? '-fast' : ''}`);
  const runtime = path.join(folder, 'runtimes', `runtime-${process.arch}`);
  if (existsSync(runtime)) return folder;

  say('building the AppImage runtime from Debian packages ...');
  const libraries = path.join(folder, 'lib', process.arch);
  mkdirSync(path.dirname(runtime), { recursive: true });
  mkdirSync(libraries, { recursive: true });
  // Electron needs none of the libraries that are bundled here; an empty folder is not accepted.
  writeFileSync(path.join(libraries, '.keep'), '');
  link('desktop-file-validate', folder);
  packer(folder, fast);
  const partial = `${runtime}.${process.pid}`;
  const flags = ['-O2', '-s', '-static', '-Wall', '-Wextra', '-I/usr/include/fuse3'];
  await mustRun(
    'gcc',
    [...flags, source, '-o', partial, ...staticLibraries.map((name) => `-l${name}`)],
    {
      stdio: ['ignore', 'ignore', 'pipe'], // one harmless warning about dlopen in a static program
    },
  );
  renameSync(partial, runtime);
  return folder;
}

/** @param {string} program @param {string} folder */
function link(program, folder) {
  const target = path.join(folder, program);
  if (!existsSync(target)) symlinkSync(outputOf('which', [program]) ?? program, target);
}

/**
 * mksquashfs as releases need it, so that one differs from the next in little else than what was changed
 * (docs/updates.md, "Deltas").
 * @param {string} folder @param {boolean} fast 3 s instead of 40
 */
function packer(folder, fast) {
  const target = path.join(folder, 'mksquashfs');
  const sortFile = path.join(folder, 'last');
  writeFileSync(sortFile, lastInImage.map((name) => `${name} -1\n`).join(''));
  const words = [
    ...plainInImage.map((name) => `-action 'uncompressed@name(${name})'`),
    `-sort '${sortFile}'`,
    '-noI',
    `-mkfs-time ${timeInImage} -all-time ${timeInImage}`,
    ...(fast ? ['-Xcompression-level 1'] : []),
  ];
  // It takes no times together with the variable.
  const script = `#!/bin/sh\nunset SOURCE_DATE_EPOCH\nexec mksquashfs "$@" ${words.join(' ')}\n`;
  writeFileSync(target, script);
  chmodSync(target, 0o755);
}
