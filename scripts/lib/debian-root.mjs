/**
 * What a fresh Debian is made from on this machine: the mirror that it already uses; and a small one of its own
 * release, for tests that want a system on which nothing was touched.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './paths.mjs';
import { mustRun, outputOf } from './run.mjs';
import { Problem, say } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/** Where this machine gets Debian's main archive from, by apt's own account. @returns {string | null} */
export function debianMirror() {
  const format = '$(REPO_URI) $(LABEL) $(COMPONENT)';
  const targets = outputOf('apt-get', ['indextargets', '--format', format]) ?? '';
  for (const line of targets.split('\n')) {
    const [uri, ...label] = line.split(' ');
    if (uri && label.join(' ') === 'Debian main') return uri;
  }
  return null;
}

/** The release of this Debian, as its mirrors name it; null on another system. */
function ownRelease() {
  if (!existsSync('/etc/os-release')) return null;
  const about = readFileSync('/etc/os-release', 'utf8');
  if (!/^ID=debian$/m.test(about)) return null;
  return /^VERSION_CODENAME=(\w+)$/m.exec(about)?.[1] ?? null;
}

/**
 * A folder of the cache with the essential packages and apt: half a minute and 300 MB once. To be written to
 * through an overlay only.
 * @returns {Promise<string>} rejects with a sentence where none can be made
 */
export async function ensureFreshRoot() {
  const release = ownRelease();
  const mirror = debianMirror();
  if (release === null)
    throw new Problem('This is no Debian, so there is no fresh one of its kind.');
  if (mirror === null) throw new Problem("apt knows no source of Debian's main archive.");
  const folder = path.join(cacheFolder(), 'debian');
  const ready = path.join(folder, release);
  if (existsSync(ready)) return ready;

  await ensureSystemPackages(['mmdebstrap']);
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(path.join(folder, 'draft-'));
  say(`setting up a fresh Debian in ${ready} (half a minute, once) ...`);
  try {
    const quick = ['--quiet', '--mode=root', '--variant=minbase', '--dpkgopt=force-unsafe-io'];
    const words = [...quick, release, path.join(draft, 'root'), `deb ${mirror} ${release} main`];
    // In its own mount namespace: one that is killed leaves a draft and no mounts.
    const spaces = ['--mount', '--pid', '--fork', '--kill-child=KILL'];
    await mustRun('unshare', [...spaces, 'mmdebstrap', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // Someone else may have been quicker; theirs is as good.
    if (!existsSync(ready)) renameSync(path.join(draft, 'root'), ready);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return ready;
}
