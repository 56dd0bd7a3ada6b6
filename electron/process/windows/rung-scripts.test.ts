/** What PowerShell is given by the last two rungs. */
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import type { SpawnSpec } from '../spawn-spec.ts';
import { taskText } from './login-task.ts';
import { fromFile, hiddenArguments, taskScript, taskXml, wmiScript } from './rung-scripts.ts';
import { sidText } from './token.ts';

const spec: SpawnSpec = {
  kind: 'watcher',
  command: "C:\\it's\\node.exe",
  args: [],
  cwd: 'C:\\a b',
  env: { 'ProgramFiles(x86)': 'C:\\x', LONG: 'v'.repeat(40_000) },
  stdout: 'ignore',
  stderr: 'ignore',
  nonce: 'n1',
  escape: 'required',
};

test('a task starts the program with our variables alone, and by commands alone', () => {
  const script = taskScript(spec, 'C:\\tmp\\a.pid');
  const lines = script.split('\n');
  const cleared = lines.indexOf('Remove-Item -Path Env:*');
  expect(cleared).toBeGreaterThan(-1);
  expect(cleared).toBeLessThan(
    lines.indexOf("Set-Item -LiteralPath 'Env:ProgramFiles(x86)' -Value 'C:\\x'"),
  );
  expect(script).toContain("Set-Item -LiteralPath 'Env:HOLDFAST_NONCE' -Value 'n1'");
  expect(script).toContain("Start-Process -FilePath 'C:\\it''s\\node.exe' -WorkingDirectory");
  expect(script).not.toMatch(/New-Object|\[[A-Z]\w+[\].]|\.\w+\(/);
  // The pid file appears with its content.
  expect(lines.at(-1)).toBe(
    "Move-Item -LiteralPath 'C:\\tmp\\a.pid.new' -Destination 'C:\\tmp\\a.pid'",
  );
});

test('an environment of any length fits, because the command line names a file', () => {
  expect(taskScript(spec, 'p').length).toBeGreaterThan(32_767);
  expect(taskXml('C:\\tmp\\a.ps1').length).toBeLessThan(2_000);
  const encoded = hiddenArguments(fromFile("C:\\it's\\a.ps1")).split(' ').at(-1) ?? '';
  expect(Buffer.from(encoded, 'base64').toString('utf16le')).toContain("'C:\\it''s\\a.ps1'");
});

test('a SID is written as Windows writes it', () => {
  const sid = Buffer.from('010500000000000515000000010000000200000003000000e8030000', 'hex');
  expect(sidText(sid)).toBe('S-1-5-21-1-2-3-1000');
  expect(sidText(sid.subarray(0, 20))).toBeUndefined();
  expect(sidText(Buffer.alloc(0))).toBeUndefined();
});

test('PowerShell reads the scripts without an error', async () => {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const parser = new Parser();
  const grammar = require.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  parser.setLanguage(await Language.load(grammar));
  const program = { ...spec, id: 'i', args: ['a b'], finalCodes: [64], finalAsSuccess: '' };
  const encoded = /-EncodedCommand ([A-Za-z0-9+/=]+)/.exec(taskText(program, 'S-1-5-7'))?.[1] ?? '';
  const logon = Buffer.from(encoded, 'base64').toString('utf16le');
  for (const script of [taskScript(spec, 'C:\\p'), wmiScript(spec), fromFile('C:\\a b'), logon]) {
    expect([script, parser.parse(script)?.rootNode.hasError]).toEqual([script, false]);
  }
});
