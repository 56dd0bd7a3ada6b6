/**
 * The deb, installed where nothing was touched: in a fresh Debian, or where none can be made on a copy of this
 * machine's files. What it writes is thrown away (overlayfs, in namespaces of its own for mounts and processes, so
 * that nothing of it is left when it ends).
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ensureFreshRoot } from './debian-root.mjs';
import { isRoot, root } from './paths.mjs';
import { run } from './run.mjs';
import { Problem, say } from './say.mjs';

const script = path.join(root, 'e2e', 'deb', 'installed.sh');

/** In the new namespaces. $1: an empty folder; $2: what runs there as root; $3: the deb; $4: a port; $5: the system. */
const enter = `set -e
mount -t tmpfs holdfast "$1"
mkdir "$1/changed" "$1/work" "$1/root"
mount -t overlay holdfast -o lowerdir="$5",upperdir="$1/changed",workdir="$1/work" "$1/root"
for one in proc dev; do mount --rbind "/$one" "$1/root/$one"; done
mkdir -p "$1/root/tmp" "$1/root/run"
mount -t tmpfs -o mode=1777 holdfast "$1/root/tmp"
cp "$2" "$1/root/tmp/installed.sh"
cp "$3" "$1/root/tmp/holdfast.deb"
exec chroot "$1/root" /bin/sh /tmp/installed.sh /tmp/holdfast.deb "$4"`;

/** Why it can't be run here; null when it can. */
function whyNot() {
  if (process.platform !== 'linux') return 'a deb is installed on Debian and its kin.';
  if (!isRoot) return 'only root may mount an overlay, on which the deb is installed.';
  return null;
}

/**
 * @param {() => Promise<string>} pack makes the folder that holds the deb
 * @returns {Promise<import('./stages.mjs').Counts>}
 */
export async function runDebTests(pack) {
  const why = whyNot();
  if (why) {
    say(`the deb is not installed: ${why}`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const folder = await pack();
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (!deb) throw new Problem(`There is no deb in ${folder}.`);
  const place = mkdtempSync(path.join(os.tmpdir(), 'hf-deb-'));
  const spaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const words = [place, script, path.join(folder, deb), String(await freePort()), await system()];
  try {
    const code = await run('unshare', [...spaces, '/bin/sh', '-c', enter, 'enter', ...words]);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The root folder of a fresh Debian; this machine's own where there is none, which is said. */
async function system() {
  try {
    return await ensureFreshRoot();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(`the deb is installed on a copy of this system. ${error.message}`);
    return '/';
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      server.close(() =>
        port === undefined ? reject(new Error('No port is free.')) : resolve(port),
      );
    });
  });
}
