/** The C yardstick answers, frees its port at once, and names a taken one. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildTinyServer } from './tiny-server.ts';

const hasCompiler = (() => {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(hasCompiler)(
  'answers, and starts again on the same port right after a kill',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-tiny-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = await buildTinyServer(folder);
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const taken = spawn(program, [String(port)], { stdio: 'ignore' });
    expect(await once(taken, 'exit')).toEqual([75, null]);
    await new Promise((resolve) => holder.close(resolve));

    for (let round = 0; round < 3; round += 1) {
      const child = spawn(program, [String(port)], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      let text = '';
      while (text === '') {
        // Until it listens, the connection is refused.
        text = await fetch(`http://127.0.0.1:${port}`).then(
          (reply) => reply.text(),
          () => '',
        );
        expect(child.exitCode).toBeNull();
      }
      expect(text).toBe('ok\n');
      child.kill('SIGKILL');
      await ended;
    }
  },
);
