/** What a program can say about itself; where it matters how it was started, in a separate program. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { hasRaisedRights } from './self.ts';
import { isElevated } from './windows/token.ts';

const module = new URL('./self.ts', import.meta.url);
const megabyte = 1024 * 1024;

describe('memory', () => {
  /** Resident bytes with 64 MB in use, and after they are released and the memory is given back. */
  function measure(...flags: string[]): { held: number; after: number } {
    const script = `
      import { giveMemoryBack } from ${JSON.stringify(module.href)};
      let all = Array.from({ length: 1024 }, (_, n) => Array.from({ length: 8192 }, (_, m) => n * m + 0.5));
      const held = process.memoryUsage().rss;
      all = null;
      giveMemoryBack();
      console.log(JSON.stringify({ held, after: process.memoryUsage().rss }));`;
    const args = [...flags, '--input-type=module', '--eval', script];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }

  it('that is no longer in use goes back to the system', () => {
    const { held, after } = measure('--expose-gc');
    expect(held - after).toBeGreaterThan(32 * megabyte);
  });

  it('stays in a program that was started without --expose-gc', () => {
    const { held, after } = measure();
    expect(held - after).toBeLessThan(32 * megabyte);
  });
});

test('a process with its own user’s rights is not raised', () => {
  expect(hasRaisedRights()).toBe(false);
});

test.each([
  ['everyday half of a split token', 3, false],
  ['raised half of it', 2, true],
  ['token that is not split', 1, false],
  ['token that Windows does not describe', 0, false],
])('on Windows: the %s', (_, type, raised) => {
  expect(isElevated(() => type)).toBe(raised);
});

test.skipIf(process.platform !== 'linux')(
  'the limit of open files is the one of the shell that the program was started from [R5]',
  () => {
    // Node raises its own before its first line runs; so does the one in between.
    const ask = `import(${JSON.stringify(fileURLToPath(module))}).then((own) => console.log(own.userOpenFiles()))`;
    const between = `import('node:child_process').then((own) => own.execFileSync(process.execPath, ['-e', process.env.ASK], { stdio: 'inherit' }))`;
    const said = execFileSync('/bin/sh', ['-c', 'ulimit -Sn 300; "$NODE" -e "$BETWEEN"; exit $?'], {
      env: { NODE: process.execPath, ASK: ask, BETWEEN: between, NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
    });
    expect(said).toBe('300\n');
  },
);
