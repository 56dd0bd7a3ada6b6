/** The report that the window asks for, made by the real command line. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate/browser';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHelpReport } from './help-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-report-'));
  mkdirSync(path.join(folder, 'state', 'profiles'), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, 'state', 'settings.json'), '{"schema":1,"theme":"dark"}');
  const main = pathToFileURL(path.join(import.meta.dirname, '../cli/main.ts'));
  writeFileSync(path.join(folder, 'cli.cjs'), `void import('${main}');\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logged: string[] = [];
function reportTo(file: string | null, bundle = folder) {
  return createHelpReport({
    stage: { bundle, runtime: process.execPath },
    stateRoot: path.join(folder, 'state'),
    askWhere: async () => file,
    log: { error: (message) => logged.push(message) },
  });
}

it('says what would be in it and writes nothing; then takes the place of what was agreed to', async () => {
  const file = path.join(folder, 'report.zip');
  writeFileSync(file, 'old');
  const report = reportTo(file);
  const { files, file: written } = await report.contents();
  expect(files.map(({ name }) => name)).toContain('settings.json');
  expect(written).toBeNull();
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(await report.save()).toBe(file);
  const settings = unzipSync(readFileSync(file))['settings.json'];
  expect(settings && strFromU8(settings)).toContain('"theme": "dark"');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('writes nothing when its user does not want it, and fails with a sentence', async () => {
  expect(await reportTo(null).save()).toBeNull();
  const gone = reportTo(path.join(folder, 'no', 'such', 'folder.zip'));
  await expect(gone.save()).rejects.toThrow(/could not be made/);
  expect(logged.join()).toContain('does not exist. Choose another folder');
  expect(existsSync(path.join(folder, 'no'))).toBe(false);
});
