/** Fault 18: a pid that was given to somebody else. */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** A pid namespace of its own; a user who is not root gets one inside a user namespace. */
const inNamespace = [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--mount-proc', '--kill-child', '--'],
];

const hasNamespaces = ((): boolean => {
  if (process.platform !== 'linux') return false;
  const choose = 'echo 4000 > /proc/sys/kernel/ns_last_pid';
  try {
    execFileSync('unshare', [...inNamespace, 'sh', '-c', choose], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasNamespaces)(
  'a pid that was given to somebody else is nobody’s gateway: not adopted, signalled, or waited for',
  async () => {
    const program = fileURLToPath(new URL('./test-recycle.ts', import.meta.url));
    const { stdout } = await promisify(execFile)('unshare', [
      ...inNamespace,
      process.execPath,
      program,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      samePid: true,
      oldIsAlive: false,
      adopted: false,
      heard: true,
      strangerLives: true,
    });
  },
);
