/** Faults 18 and 30, made real in separate namespaces: a recycled pid, a disk that fills up. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

/** Who is not root gets them inside a user namespace. */
const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const ownPids = [...asRoot, '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
const ownMounts = [...asRoot, '--mount', '--'];
/** Enough for the records and logs of a moment. */
const mountSmall = 'mount -t tmpfs -o size=512k none "$1"';

function works(...words: readonly string[]): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('unshare', words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function program(name: string): string {
  return fileURLToPath(new URL(`../../testing/${name}`, import.meta.url));
}

async function answerOf(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const { stdout } = await promisify(execFile)('unshare', words, {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

const choosesPids = works(...ownPids, 'sh', '-c', 'echo 4000 > /proc/sys/kernel/ns_last_pid');
it.skipIf(!choosesPids)(
  'a pid that another process got is no gateway: it is not adopted, signalled, or waited for [F18]',
  async () => {
    expect(await answerOf([...ownPids, process.execPath, program('recycle-pid.ts')])).toEqual({
      samePid: true,
      oldIsAlive: false,
      adopted: false,
      heard: true,
      strangerLives: true,
    });
  },
);

it.skipIf(!works(...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt'))(
  'a disk that fills up keeps no gateway down, and is reported until there is room again [F30]',
  async () => {
    const disk = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
    onTestFinished(() => rmSync(disk, { recursive: true, force: true }));
    const run = ['sh', '-c', `${mountSmall} && exec "$2" "$3"`, 'sh', disk];
    const words = [...ownMounts, ...run, process.execPath, program('full-disk.ts')];
    expect(await answerOf(words, { TMPDIR: disk })).toEqual({
      whileFull: { said: expect.stringContaining('The record of Test gateway'), running: 1 },
      saidLater: '',
    });
  },
);
