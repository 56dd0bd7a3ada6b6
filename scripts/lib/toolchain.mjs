/**
 * The packaging tools that electron-builder would download: its own where its host answers, else
 * ours, made on demand from Debian's packages (build/toolchain/).
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

const official = 'https://github.com/electron-userland/electron-builder-binaries/releases';
const probeTimeoutMs = 4_000;
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

/**
 * What to add to electron-builder's environment.
 * @param {{ fast: boolean }} options `fast`: squeeze less, for images that live for one test run
 * @returns {Promise<NodeJS.ProcessEnv>} empty where the official tools can be had
 */
export async function packagingTools({ fast }) {
  if (process.platform !== 'linux' || (await answers(official))) return {};
  return {
    APPIMAGE_TOOLS_PATH: await appImageTools(fast),
    CUSTOM_FPM_PATH: path.join(sources, 'fpm.mjs'),
  };
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeoutMs) })).ok;
  } catch {
    return false;
  }
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
 * mksquashfs, or for test images a wrapper that tells it to hurry: 3 s instead of 40.
 * @param {string} folder @param {boolean} fast
 */
function packer(folder, fast) {
  if (!fast) return link('mksquashfs', folder);
  const target = path.join(folder, 'mksquashfs');
  writeFileSync(target, '#!/bin/sh\nexec mksquashfs "$@" -Xcompression-level 1\n');
  chmodSync(target, 0o755);
}
