/** Completion, as the shells themselves do it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { commands, shells } from './commands.ts';
import { completion } from './completion.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-completion-'));
  for (const shell of shells) writeFileSync(path.join(folder, shell), completion(shell));
  const program = path.join(folder, 'holdfast');
  writeFileSync(program, '#!/bin/sh\n[ "$*" = "list --quiet" ] && printf "hermes\\nopenclaw\\n"\n');
  chmodSync(program, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(shell: string, script: string): string[] {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder };
  const out = execFileSync(shell, ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}

/** What bash offers for these words, the last of which is being written. */
function bash(...words: string[]): string[] {
  const all = ['holdfast', ...words].map((word) => `'${word}'`).join(' ');
  return run(
    'bash',
    `. ./bash; COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['re'], ['remove', 'restart']],
  [['stop', 'hermes', 'o'], ['openclaw']],
  [['logs', '--t'], ['--times']],
  [
    ['wait', 'hermes', '--for', ''],
    ['healthy', 'stopped'],
  ],
  [['completion', ''], [...shells].sort()],
  [['help', 'comp'], ['completion']],
];

it.skipIf(process.platform === 'win32').each(cases)('bash completes %j', (words, offered) =>
  expect(bash(...words)).toEqual(offered),
);

it.skipIf(spawnSync('fish', ['--version']).status !== 0).each(cases)(
  'fish completes %j',
  (words, offered) => {
    const line = ['holdfast', ...words].join(' ');
    const found = run('fish', `source ./fish; complete -C '${line}'`);
    expect(found.map((one) => one.split('\t')[0])).toEqual(offered);
  },
);

it.skipIf(spawnSync('zsh', ['--version']).status !== 0)('zsh reads its completion', () => {
  const script = 'autoload -U compinit; compinit -D; source ./zsh; print $_comps[holdfast]';
  expect(run('zsh', script)).toEqual(['_holdfast']);
});

it.skipIf(spawnSync('pwsh', ['-v']).status !== 0)('PowerShell completes what bash does', () => {
  writeFileSync(path.join(folder, 'powershell.ps1'), completion('powershell'));
  for (const [words, offered] of cases) {
    const line = ['holdfast', ...words].join(' ');
    const ask = `(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length})`;
    const script = `. ./powershell.ps1; ${ask}.CompletionMatches.CompletionText`;
    expect(run('pwsh', script)).toEqual(offered);
  }
});

it('the script for PowerShell is sound by a grammar of its language', async () => {
  const require = createRequire(import.meta.url);
  await Parser.init();
  const grammar = require.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  const script = completion('powershell');
  expect(parser.parse(script)?.rootNode.hasError).toBe(false);
  // It would see a fault.
  expect(parser.parse(script.replace("'list'", "'list"))?.rootNode.hasError).toBe(true);
});

it('knows every command and option of the table [C5]', () => {
  for (const shell of shells) {
    const text = completion(shell);
    for (const { name, options } of commands) {
      expect(text).toContain(name);
      for (const option of options) {
        expect(text).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}`);
      }
    }
  }
});
