/**
 * Wine's server is the kernel of a Windows world. When it crashes, every program in it waits for ever
 * for an answer; a run must end at once all the same, and say why.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInWine } from '../../scripts/lib/wine.mjs';

/** Running processes below `root`, by the kernel's own table: pid and name. */
function descendants(root: number): { pid: number; name: string }[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const [, name = '', parent = ''] =
          /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? [];
        return [{ pid: Number(entry), name, parent: Number(parent) }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
  const below = (pid: number): typeof all =>
    all.filter((one) => one.parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(root);
}

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

for (const [signal, said] of [
  ['SIGSEGV', "Wine's server crashed"],
  ['SIGKILL', "Wine's server was ended"],
] as const) {
  test(`a run whose server ends by ${signal} ends too, and says so`, async () => {
    const idle = "require('fs').writeFileSync('Z:/world/up', ''); setInterval(() => {}, 1e6)";
    writeFileSync(join(folder, 'idle.cjs'), idle);
    const ran = runInWine({
      command: 'node.exe',
      args: ['Z:\\world\\idle.cjs'],
      binds: { [folder]: 'world' },
    }).catch((error: unknown) => error);
    await expect.poll(() => readdirSync(folder), { timeout: 60_000 }).toContain('up');
    const servers = descendants(process.pid).filter(({ name }) => name === 'wineserver64');
    expect(servers).toHaveLength(1);
    for (const { pid } of servers) process.kill(pid, signal);
    expect(await ran).toMatchObject({ message: expect.stringContaining(said) });
  });
}
