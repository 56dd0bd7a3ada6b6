/**
 * A Debian with Wine 10 in a folder of the cache: what tests of Windows code run in on Linux.
 * Debian 12's own Wine is too old for today's Node and Electron, so it comes from Debian 13, by the
 * mirror that this machine already uses.
 *
 *   mmdebstrap ─► root/ (draft) ─► first boot of Wine makes the prefix ─► rename ─► used from then on
 *
 * The draft is built in its own mount namespace: a set-up that is killed leaves a draft folder
 * and no mounts, and the next one starts over.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { debianMirror } from './debian-root.mjs';
import { cacheFolder, isRoot } from './paths.mjs';
import { mustRun, outputOf } from './run.mjs';
import { Problem, say } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const release = 'trixie';

/** Wine, the font without which no window opens, and what its X11 driver loads. */
const winePackages = [
  'wine64',
  'fonts-wine',
  'libx11-6',
  'libxext6',
  'libxrandr2',
  'libxfixes3',
  'libxcursor1',
  'libxi6',
  'libxcomposite1',
  'libxrender1',
];

const build = new URL('wine-root.sh', import.meta.url);

/**
 * Why Windows programs can't be run here, as a sentence; null when they can.
 * @returns {string | null}
 */
export function whyNoWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'Windows programs run under Wine on x64 Linux alone.';
  if (!existsSync('/etc/debian_version')) return "Wine is set up from Debian's packages.";
  if (!isRoot) return 'Setting Wine up and running it in a separate root folder needs root.';
  const probe = ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'];
  if (outputOf('unshare', probe) === null)
    return 'This machine does not let us mount anything (a container without CAP_SYS_ADMIN?).';
  return null;
}

/**
 * The root folder, made when it is not there: about two minutes and 1.5 GB once.
 * @returns {Promise<string>}
 */
export async function ensureWineRoot() {
  const recipe = createHash('sha256')
    .update([release, ...winePackages].join())
    .update(readFileSync(build))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheFolder(), 'wine');
  const ready = path.join(folder, `root-${recipe}`);
  if (existsSync(ready)) return ready;

  const mirror = debianMirror();
  if (mirror === null)
    throw new Problem(
      "apt knows no source of Debian's main archive; Wine can't be set up from it.",
    );
  await ensureSystemPackages(['mmdebstrap']);
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(path.join(folder, 'draft-'));
  say(`setting up Wine in ${ready} (two minutes, once) ...`);
  try {
    await mustRun(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child=KILL', 'sh', build.pathname, draft],
      {
        env: {
          ...process.env,
          RELEASE: release,
          PACKAGES: winePackages.join(),
          MIRROR: mirror,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    // Someone else may have been quicker; theirs is as good.
    if (!existsSync(ready)) renameSync(path.join(draft, 'root'), ready);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return ready;
}

/**
 * Why installers, which are 32-bit programs, can't be run here although other Windows programs can; null when
 * they can. Throws where the machine could and Wine can't.
 * @returns {Promise<string | null>}
 */
export async function whyNoInstallers() {
  const wine = await ensureWineRoot();
  // Wine fills this folder by a 32-bit program of its own while it is set up.
  if (existsSync(path.join(wine, 'prefix/drive_c/windows/syswow64/kernel32.dll'))) return null;
  if (runs32Bit())
    throw new Problem(
      `Wine’s set-up in ${wine} is not complete: remove that folder, and try again.`,
    );
  return 'This machine, or the host of this virtual machine, runs no 32-bit programs, and Windows installers are such.';
}

/** Whether a program of 32 bits that does nothing but end can be run here. */
function runs32Bit() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-32-bit-'));
  try {
    const file = path.join(folder, 'program');
    writeFileSync(file, smallest32BitProgram(), { mode: 0o700 });
    return spawnSync(file).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An i386 ELF file: its header, one segment, and `exit(0)`. */
function smallest32BitProgram() {
  const base = 0x08048000;
  const headers = 52 + 32;
  // mov eax, 1 (exit); xor ebx, ebx; int 0x80
  const code = Buffer.from([0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80]);
  const size = headers + code.length;
  const file = Buffer.alloc(headers);
  file.write('\x7fELF\x01\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(3, 18); // for the i386
  file.writeUInt32LE(1, 20);
  file.writeUInt32LE(base + headers, 24); // where it begins
  file.writeUInt32LE(52, 28); // the segments' table
  file.writeUInt16LE(52, 40);
  file.writeUInt16LE(32, 42);
  file.writeUInt16LE(1, 44);
  // One segment to load, readable and executable: all of the file.
  const segment = [1, 0, base, base, size, size, 5, 0x1000];
  for (const [at, word] of segment.entries()) file.writeUInt32LE(word, 52 + 4 * at);
  return Buffer.concat([file, code]);
}
