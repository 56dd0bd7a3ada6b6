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
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
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
    mustRun32Bit(path.join(draft, 'root'));
    // Someone else may have been quicker; theirs is as good.
    if (!existsSync(ready)) renameSync(path.join(draft, 'root'), ready);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return ready;
}

/**
 * Installers are 32-bit programs. Wine fills this folder by one: where the processor can't enter that
 * mode (seen on a virtual machine), it stays empty, and no Setup.exe would start in such a root.
 * @param {string} root
 */
function mustRun32Bit(root) {
  const folder = path.join(root, 'prefix/drive_c/windows/syswow64');
  if (existsSync(path.join(folder, 'kernel32.dll'))) return;
  throw new Problem(
    'Wine can start no 32-bit Windows program on this machine, which installers are: its own ones failed while it was set up. Run this on another machine.',
  );
}
