/**
 * What the installer's tests need: to run Setup.exe and the uninstaller, programs that run or hold
 * something, and a look at what is installed. Programs are copies of Node, each under its own name.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** The installer's exit codes: build/installer.nsh. */
export const exit = { stillRuns: 10, fileHeld: 11, notOurs: 14, onAccount: 16 } as const;

const uninstallKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
const started: ChildProcess[] = [];

/** The Setup.exe of a release. Throws when it was not packed. */
export function setupFile(which: 'old' | 'new'): string {
  const folder = process.env[which === 'old' ? 'HOLDFAST_RELEASE_OLD' : 'HOLDFAST_RELEASE_NEW'];
  if (!folder) throw new Error('Run this with: node scripts/test.mjs installer');
  const [name, ...more] = readdirSync(folder).filter((file) =>
    /^Holdfast-Setup-.*\.exe$/.test(file),
  );
  if (!name || more.length > 0) throw new Error(`${folder} holds no installer, or several.`);
  return path.join(folder, name);
}

/** Installs into `folder` as an update does: silently. Resolves to the exit code. */
export function runSetup(which: string, folder: string, words: readonly string[] = []) {
  const file = which === 'old' || which === 'new' ? setupFile(which) : which;
  return codeOf(file, ['/S', '--updated', ...words, `/D=${folder}`]);
}

/** Uninstalls silently. The uninstaller runs from another folder, as it would after copying itself. */
export function uninstall(folder: string, words: readonly string[] = []): Promise<number> {
  const copy = path.join(os.tmpdir(), `uninstall-${process.pid}.exe`);
  copyFileSync(path.join(folder, 'Uninstall Holdfast.exe'), copy);
  return codeOf(copy, ['/S', '/currentuser', ...words, `_?=${folder}`]);
}

/** Runs the command line that is installed in `folder`. Resolves to what it printed. */
export async function holdfast(folder: string, words: readonly string[]): Promise<string> {
  const stage = path.join(folder, 'resources', 'holdfast-stage');
  const script = path.join(stage, 'watcher', 'cli.cjs');
  const node = path.join(stage, 'runtime', 'watcher-node.exe');
  const { stdout } = await promisify(execFile)(node, [script, ...words], { cwd: os.tmpdir() });
  return stdout;
}

/** NSIS takes its last word as it is, with blanks and without quotes. */
async function codeOf(file: string, words: readonly string[]): Promise<number> {
  const child = spawn(file, words, { stdio: 'ignore', windowsVerbatimArguments: true });
  const [code] = await once(child, 'exit');
  return code;
}

/** Starts a copy of Node at `file`, which then runs until it is ended. */
export function runProgram(file: string): Promise<ChildProcess> {
  return start(file, '');
}

/** Starts a program that holds `held` open, as a virus scanner or an editor does. */
export function startHolder(file: string, held: string): Promise<ChildProcess> {
  return start(file, `require('node:fs').openSync(${JSON.stringify(held)}, 'r');`);
}

/** Starts a program that ends as soon as an installer has begun: it has unpacked its plug-ins. */
export function startSelfEnding(file: string): Promise<ChildProcess> {
  return start(
    file,
    `const fs = require('node:fs'), os = require('node:os');
     const begun = () => fs.readdirSync(os.tmpdir()).some((name) => /^ns.*\\.tmp$/i.test(name)
       && fs.existsSync(os.tmpdir() + '\\\\' + name + '\\\\System.dll'));
     if (begun()) throw new Error('an installer runs already');
     setInterval(() => begun() && process.exit(0), 50);`,
  );
}

async function start(file: string, body: string): Promise<ChildProcess> {
  if (!existsSync(file)) copyFileSync(process.execPath, file);
  const script = `${body} process.stdin.on('end', () => process.exit()).resume(); console.log('up');`;
  const child = spawn(file, ['-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: os.tmpdir(),
  });
  started.push(child);
  const up = once(child.stdout, 'data');
  const gone = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`ended with ${code}`)),
  );
  gone.catch(() => {}); // counts only while we wait
  await Promise.race([up, gone]);
  return child;
}

/** Ends every started program, and waits for its end. */
export async function endAll(): Promise<void> {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    const gone = once(child, 'exit');
    child.stdin?.end();
    await gone;
  }
}

/** The version that is installed in `folder`, by what would be staged from it. */
export function installedVersion(folder: string): string {
  const manifest = path.join(folder, 'resources', 'holdfast-stage', 'watcher', 'manifest.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** Every file below `folder` with its size and, for the smaller ones, a hash. */
export function treeOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `${path.relative(folder, file)} ${statSync(file).size} ${digest(file)}`)
    .sort();
}

const hashedBytes = 20_000_000;
function digest(file: string): string {
  if (statSync(file).size > hashedBytes) return String(statSync(file).mtimeMs);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** What Windows lists under installed programs, as text. */
export async function registered(): Promise<string> {
  return execFileSync('reg', ['query', uninstallKey, '/s'], { encoding: 'utf8' });
}

/** Programs that run from below `folder`: those whose file can't be opened for writing. */
export async function runningFrom(folder: string): Promise<readonly string[]> {
  const { openSync, closeSync } = await import('node:fs');
  return treeOf(folder)
    .map((line) => /^(.*\.exe) \d+ /.exec(line)?.[1] ?? '')
    .filter((name) => {
      if (!name) return false;
      try {
        closeSync(openSync(path.join(folder, name), 'r+'));
        return false;
      } catch {
        return true;
      }
    });
}
