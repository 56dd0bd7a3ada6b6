/**
 * The libraries and tools that Debian and its kin must bring: what Electron links to, a display
 * for tests, and what builds an AppImage. Installed when we may, named when we may not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isRoot } from './paths.mjs';
import { runQuietly } from './run.mjs';
import { Problem, say } from './say.mjs';

/** What Electron's executable is linked to, and a font so that text has a size. */
const electron = [
  'libnss3',
  'libgtk-3-0',
  'libgbm1',
  'libasound2',
  'libatk-bridge2.0-0',
  'libcups2',
  'libdrm2',
  'libxss1',
  'fonts-dejavu-core',
];

/** A display, a session bus, notifications, tools that inspect windows, and the usual shells. */
const tests = [
  'xvfb',
  'xauth',
  'dbus',
  'dbus-daemon',
  'libnotify4',
  'x11-utils',
  'xdotool',
  'fuse3',
  'daemontools',
  'perl-base',
  'zsh',
  'fish',
  'tcsh',
];

/** What packs an AppImage and a deb. */
const packaging = [
  'squashfs-tools',
  'desktop-file-utils',
  'gcc',
  'libc6-dev',
  'libsquashfuse-dev',
  'libfuse3-dev',
  'liblzma-dev',
  'liblz4-dev',
  'libzstd-dev',
  'liblzo2-dev',
  'zlib1g-dev',
];

/** What makes a fresh Debian in a folder. */
const mmdebstrap = ['mmdebstrap'];

/** What real servers need that is no package of ours, and what gives them their own network. */
const real = ['iproute2', 'python3-minimal'];

/** What makes a Windows installer. */
const windowsPackaging = [
  '7zip',
  'nsis',
  'nsis-pluginapi',
  'osslsigncode',
  'gcc-mingw-w64-i686-win32',
  'mingw-w64-i686-dev',
];

const dpkgStatus = '/var/lib/dpkg/status';

const packageSets = {
  electron: electron,
  tests: tests,
  packaging: packaging,
  mmdebstrap: mmdebstrap,
  real: real,
  windowsPackaging: windowsPackaging,
};

/**
 * Makes sure that the packages of the given sets are there; does nothing off Debian.
 * @param {readonly (keyof typeof packageSets)[]} sets
 */
export async function ensureSystemPackages(sets) {
  if (process.platform !== 'linux' || !existsSync(dpkgStatus)) return;
  const missing = missingOf(sets.flatMap((name) => packageSets[name]));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!isRoot) {
    throw new Problem(`These system packages are missing. Install them with:\n  sudo ${command}`);
  }
  say(`installing system packages: ${missing.join(' ')}`);
  if ((await install(missing)).code === 0) return;
  // The lists were missing or out of date.
  const updated = await apt(['update', '-qq']);
  const { code, output } = updated.code === 0 ? await install(missing) : updated;
  if (code !== 0) {
    throw new Problem(
      `${output.trim()}\nThe packages could not be installed. Try by hand:\n  ${command}`,
    );
  }
}

/** @param {readonly string[]} names */
function install(names) {
  return apt(['install', '-y', '-qq', '--no-install-recommends', ...names]);
}

/** @param {readonly string[]} words */
function apt(words) {
  return runQuietly('apt-get', words, { DEBIAN_FRONTEND: 'noninteractive' });
}

/**
 * Newer releases renamed some libraries (`libasound2t64`); either name will do.
 * @param {readonly string[]} names
 */
function missingOf(names) {
  const there = installedPackages();
  return names.filter((name) => !there.has(name) && !there.has(`${name}t64`));
}

/** Read from dpkg's own list, which takes a tenth of the time that asking dpkg does. */
function installedPackages() {
  const names = new Set();
  for (const paragraph of readFileSync(dpkgStatus, 'utf8').split('\n\n')) {
    if (!/^Status: .* installed$/m.test(paragraph)) continue;
    const provided = /^Provides: (.*)$/m.exec(paragraph)?.[1] ?? '';
    names.add(/^Package: (.*)$/m.exec(paragraph)?.[1]);
    for (const name of provided.split(/,\s*/)) names.add(name.replace(/ \(.*\)$/, ''));
  }
  return names;
}
