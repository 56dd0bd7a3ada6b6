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

/** What `name` prints when it runs with a small disk as its folder for temporary files. */
function onSmallDisk(name: string): Promise<unknown> {
  const disk = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
  onTestFinished(() => rmSync(disk, { recursive: true, force: true }));
  const run = ['sh', '-c', `${mountSmall} && exec "$2" "$3"`, 'sh', disk];
  return answerOf([...ownMounts, ...run, process.execPath, program(name)], { TMPDIR: disk });
}

const mountsDisks = works(...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt');
it.skipIf(!mountsDisks)(
  'a disk that fills up keeps no gateway down, and is reported until there is room again [F30]',
  async () => {
    expect(await onSmallDisk('full-disk.ts')).toEqual({
      whileFull: { said: expect.stringContaining('The record of Test gateway'), running: 1 },
      saidLater: '',
    });
  },
);

it.skipIf(!mountsDisks)(
  'a disk that fills up undoes an update before it stops anything, and none that has stopped something [F30]',
  async () => {
    const undone = {
      said: expect.stringMatching(/journal of update .* can't be written: .* is full\. Make room/i),
      app: 'old app',
      gateway: '1.0.0+old',
      done: [],
      over: true,
    };
    expect(await onSmallDisk('full-disk-update.ts')).toEqual({
      beforeArming: undone,
      beforeStopping: undone,
      afterwards: {
        said: expect.stringContaining('is full.'),
        outcome: 'committed',
        app: 'new app',
        gateway: '1.1.0+new',
        done: expect.any(Array),
        later: { onDisk: 'committed', unfinished: null },
      },
    });
  },
);
