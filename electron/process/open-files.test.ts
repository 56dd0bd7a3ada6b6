import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('./open-files.ts', import.meta.url));

test.skipIf(process.platform !== 'linux')(
  'the limit of open files is the one of the shell that the program was started from',
  () => {
    // Node raises its own before its first line runs; so does the one in between.
    const ask = `import(${JSON.stringify(module)}).then((own) => console.log(own.userOpenFiles()))`;
    const between = `import('node:child_process').then((own) => own.execFileSync(process.execPath, ['-e', process.env.ASK], { stdio: 'inherit' }))`;
    const said = execFileSync('/bin/sh', ['-c', 'ulimit -Sn 300; "$NODE" -e "$BETWEEN"; exit $?'], {
      env: { NODE: process.execPath, ASK: ask, BETWEEN: between, NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
    });
    expect(said).toBe('300\n');
  },
);
