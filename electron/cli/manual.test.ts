/** The manual page: as the table says, and as man(1) reads it without a complaint. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { commands } from './commands.ts';
import { manualPage } from './manual.ts';

it('is what docs/holdfast.1 says: else run “node scripts/cli-docs.mjs”', () => {
  const page = path.join(import.meta.dirname, '../../docs/holdfast.1');
  expect(readFileSync(page, 'utf8')).toBe(manualPage());
});

it('tells of every command and option, in plain letters', () => {
  const page = manualPage();
  for (const { name, options } of commands) {
    expect(page).toContain(`.SS "holdfast ${name.replaceAll('-', '\\-')}`);
    for (const one of options) expect(page).toContain(`\\-\\-${one.name.replaceAll('-', '\\-')}`);
  }
  expect(page).not.toMatch(/[^\n -~]/);
});

it.skipIf(spawnSync('groff', ['--version']).status !== 0)(
  'the manual page is read by groff without a warning',
  () => {
    const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou'], {
      input: manualPage(),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/holdfast logs <gateway> \[options\]/);
  },
);
