/**
 * Windows that appear: a gateway has a hidden console, which the console programs it starts share.
 * One without any, as the watcher, would make Windows open a console window for each of them. Needs
 * a screen.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { native } from '../on-demand.ts';
import type { SpawnSpec } from '../spawn-spec.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.clean());

const nextWindow = 2;

/** The visible windows of the desktop, from front to back. */
function visibleWindows(): number[] {
  const user = native().load('user32.dll');
  const top = user.func('intptr_t __stdcall GetTopWindow(intptr_t parent)');
  const next = user.func('intptr_t __stdcall GetWindow(intptr_t h, uint32_t which)');
  const visible = user.func('int32_t __stdcall IsWindowVisible(intptr_t h)');
  const found: number[] = [];
  for (let at: number = top(0); at !== 0; at = next(at, nextWindow)) {
    if (visible(at) !== 0) found.push(at);
  }
  return found;
}

/** Starts a process that starts a console program, as a tool's plain spawn does; waits until that one runs. */
async function startConsoleProgramIn(kind: SpawnSpec['kind']): Promise<void> {
  const tool = `require('fs').writeFileSync('${kind}', ''); ${idleProgram}`;
  const options = "{ stdio: 'ignore', windowsHide: false }";
  bench.run(
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(tool)}], ${options}); ${idleProgram}`,
    { kind },
  );
  await until(() => existsSync(join(bench.folder, kind)), `the tool of the ${kind}`);
}

test('a console program that a gateway starts opens no window', async () => {
  const before = new Set(visibleWindows());
  const added = (): number => visibleWindows().filter((one) => !before.has(one)).length;
  await startConsoleProgramIn('gateway');
  // The proof that a window would be seen, and the time that one of the gateway's had to appear.
  await startConsoleProgramIn('watcher');
  await until(() => added() > 0, 'the window of a program without a console to share');
  expect(added()).toBe(1);
});
