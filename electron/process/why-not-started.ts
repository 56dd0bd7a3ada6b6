/**
 * Why a program could not be started. The system's own word (ENOENT, EACCES, ENOEXEC) is the same for
 * a missing program, a missing interpreter and Windows line ends, so the program's file is inspected.
 */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { readPart } from '../files/untrusted-file.ts';
import { SpawnError, type SpawnFailure } from './spawn-spec.ts';

export interface Diagnosis {
  readonly code: SpawnFailure;
  readonly message: string;
}

export interface WantedProgram {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a file lies on a disk that nothing may run from, where the system says so. */
  readonly isOnNoExecMount?: ((file: string) => boolean) | undefined;
}

/** What passes without help, and what it means. */
const passing: Readonly<Record<string, string>> = {
  EAGAIN: 'this user has as many processes as the system allows',
  ENOMEM: 'the system has no memory left',
  EMFILE: 'Holdfast has as many files open as the system allows',
  ENFILE: 'the system has as many files open as it can',
  ETXTBSY: 'its file is being written at this moment',
  EBUSY: 'another program, such as a virus scanner, has its file open',
};

/** True when another try may succeed soon. */
export function isPassing(code: string): boolean {
  return Object.hasOwn(passing, code);
}

/** Turns the system's error code into a sentence that a user can act on. */
export function explainFailure(
  wanted: WantedProgram,
  code: string | undefined,
  cause: unknown,
): SpawnError {
  const { command } = wanted;
  const passes = code === undefined ? undefined : passing[code];
  if (passes !== undefined) {
    const message = `The program ${command} could not be started: ${passes} (${code}). It is tried again.`;
    return new SpawnError('busy', command, message, cause);
  }
  const found = diagnose(wanted);
  if (found) return new SpawnError(found.code, command, found.message, cause);
  const { failure, why } = byCode(code);
  return new SpawnError(failure, command, `The program ${command} ${why}`, cause);
}

/** For what the files do not explain. */
function byCode(code: string | undefined): { failure: SpawnFailure; why: string } {
  switch (code) {
    case 'ENOENT':
      return {
        failure: 'not-found',
        why: 'was not found. Check its path, or that it is installed.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        failure: 'not-allowed',
        why: 'may not be run. Check that the file is executable and that you may read its folder.',
      };
    default:
      return { failure: 'failed', why: `could not be started (${code ?? 'unknown error'}).` };
  }
}

/** Of a path on Windows, whatever is set for long paths: MAX_PATH without a backslash and the NUL behind it. */
const longestWorkingFolder = 258;

/** First line of a script, headers of a binary. */
const headBytes = 4_096;
/** e_machine of an ELF header, and what Node calls it. */
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
/** Machines whose programs another one can run. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { x64: ['ia32'], arm64: ['arm'] };

/** What is wrong with the program's file or its folders; null when they show nothing. */
export function diagnose(wanted: WantedProgram): Diagnosis | null {
  // Windows finds programs by other rules, and its codes are clear.
  return wrongFolder(wanted) ?? (process.platform === 'win32' ? null : wrongProgram(wanted));
}

function wrongFolder({ cwd }: WantedProgram): Diagnosis | null {
  const found = statOf(cwd);
  if (found === 'closed') {
    return { code: 'bad-folder', message: `The folder ${cwd} can’t be entered: ${closedAt(cwd)}` };
  }
  if (found === 'missing') {
    const message = `The folder ${cwd} does not exist. Choose another working folder.`;
    return { code: 'bad-folder', message };
  }
  if (!found.isDirectory()) {
    return { code: 'bad-folder', message: `${cwd} is no folder. Choose another working folder.` };
  }
  if (process.platform === 'win32' && cwd.length > longestWorkingFolder) {
    const message = `Windows starts no program in the folder ${cwd}: its path has ${cwd.length} letters, and ${longestWorkingFolder} are the most. Choose a working folder with a shorter path.`;
    return { code: 'bad-folder', message };
  }
  return mayRun(cwd) ? null : { code: 'bad-folder', message: notSearchable(cwd) };
}

function wrongProgram(wanted: WantedProgram): Diagnosis | null {
  const { command, cwd } = wanted;
  if (!command.includes('/')) return wrongOnPath(wanted);
  const file = isAbsolute(command) ? command : join(cwd, command);
  const found = statOf(file);
  if (found === 'closed') {
    return {
      code: 'not-allowed',
      message: `The program ${command} can’t be reached: ${closedAt(file)}`,
    };
  }
  if (found === 'missing') return { code: 'not-found', message: notFound(command, file) };
  return wrongFile(file, found, wanted);
}

function wrongOnPath(wanted: WantedProgram): Diagnosis | null {
  const { command, cwd, env } = wanted;
  let first: Diagnosis | null = null;
  for (const folder of (env.PATH ?? '').split(':')) {
    const file = join(isAbsolute(folder) ? folder : join(cwd, folder), command);
    const found = statOf(file);
    if (typeof found === 'string' || found.isDirectory()) continue;
    const wrong = wrongFile(file, found, wanted);
    if (!wrong) return null;
    first ??= wrong;
  }
  const message = `The program ${command} was not found on the search path. Check that it is installed, or give its whole path.`;
  return first ?? { code: 'not-found', message };
}

function wrongFile(file: string, found: Stats, wanted: WantedProgram): Diagnosis | null {
  if (found.isDirectory()) {
    return {
      code: 'not-allowed',
      message: `${file} is a folder, not a program. Name the program in it.`,
    };
  }
  if (!found.isFile()) return { code: 'not-allowed', message: `${file} is no plain file.` };
  if (!mayRun(file)) return { code: 'not-allowed', message: notExecutable(file, found, wanted) };
  return wrongContent(file, wanted);
}

function notExecutable(file: string, found: Stats, wanted: WantedProgram): string {
  if ((found.mode & 0o111) !== 0 && wanted.isOnNoExecMount?.(file) === true) {
    return `The program ${file} may not be run: its disk is mounted with noexec. Move it elsewhere.`;
  }
  if ((found.mode & 0o111) !== 0) {
    return `The program ${file} may not be run by you: only its owner or group may.`;
  }
  return `The program ${file} is not executable. Make it so: chmod +x ${file}`;
}

function wrongContent(file: string, wanted: WantedProgram): Diagnosis | null {
  const head = readHead(file);
  if (head === null) return null;
  if (head.length === 0) return { code: 'failed', message: `The program ${file} is empty.` };
  if (head.toString('latin1', 0, 2) === '#!') return wrongScript(file, head, wanted);
  return wrongBinary(file, head);
}

function wrongScript(file: string, head: Buffer, { env, cwd }: WantedProgram): Diagnosis | null {
  const line = head.toString('utf8', 2).split('\n')[0] ?? '';
  const [interpreter = '', argument = ''] = line.replace(/\r$/, '').trim().split(/\s+/);
  if (line.endsWith('\r')) {
    const message = `The script ${file} has Windows line ends: its first line asks for “${interpreter}\\r”. Save it with Unix line ends (dos2unix).`;
    return { code: 'failed', message };
  }
  if (interpreter === '') return null;
  const named = `The first line of the script ${file} names ${interpreter}`;
  const found = statOf(isAbsolute(interpreter) ? interpreter : join(cwd, interpreter));
  if (typeof found === 'string') {
    return {
      code: 'not-found',
      message: `${named}, which is not there. Install it, or correct that line.`,
    };
  }
  if (!found.isFile() || !mayRun(interpreter)) {
    return { code: 'not-allowed', message: `${named}, which may not be run.` };
  }
  if (!/\/env$/.test(interpreter) || argument === '' || /^-|=/.test(argument)) return null;
  const folders = (env.PATH ?? '').split(':');
  const isThere = folders.some((folder) => folder !== '' && mayRun(join(folder, argument)));
  if (isThere || argument.includes('/')) return null;
  const message = `The first line of the script ${file} asks for ${argument}, which is not on the search path of the gateway.`;
  return { code: 'not-found', message };
}

function wrongBinary(file: string, head: Buffer): Diagnosis | null {
  const wrong = (whose: string): Diagnosis => ({
    code: 'failed',
    message: `The program ${file} was made for ${whose}; this is ${process.platform} on ${process.arch}. Get the one for this machine.`,
  });
  const magic = head.toString('latin1', 0, 4);
  const isMach = /^(?:\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(magic);
  if (process.platform !== 'win32' && magic.startsWith('MZ')) return wrong('Windows');
  if (process.platform !== 'darwin' && isMach) return wrong('macOS');
  if (magic !== '\x7fELF') return null;
  if (process.platform !== 'linux') return wrong('Linux');
  if (head.length < 20) return { code: 'failed', message: `The program ${file} is cut off.` };
  const isLittle = head[5] !== 2;
  const number = isLittle ? head.readUInt16LE(18) : head.readUInt16BE(18);
  const machine = machines[number] ?? `another processor (${number})`;
  if (machine !== process.arch && alsoRuns[process.arch]?.includes(machine) !== true)
    return wrong(machine);
  const loader = loaderOf(head, isLittle);
  if (loader === null || typeof statOf(loader) !== 'string') return null;
  const message = `The program ${file} needs the loader ${loader}, which is not there: it was made for another system (musl or glibc, 32 or 64 bit).`;
  return { code: 'not-found', message };
}

/** What PT_INTERP names; null without one, as in a program that is linked statically. */
function loaderOf(head: Buffer, isLittle: boolean): string | null {
  if (!isLittle || head[4] !== 2 || head.length < 64) return null;
  const start = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  for (let n = 0; n < head.readUInt16LE(56); n += 1) {
    const at = start + n * size;
    if (at + 56 > head.length) return null;
    if (head.readUInt32LE(at) !== 3) continue;
    const from = Number(head.readBigUInt64LE(at + 8));
    const length = Number(head.readBigUInt64LE(at + 32));
    if (from + length > head.length) return null;
    return head.toString('utf8', from, from + length).replace(/\0+$/, '');
  }
  return null;
}

/** Null when it can't be read, which proves nothing: the program may still be runnable. */
function readHead(file: string): Buffer | null {
  try {
    const part = { maxBytes: headBytes, start: () => 0 };
    return readPart(file, part, { links: 'follow', owner: 'any' }).bytes;
  } catch {
    return null;
  }
}

function statOf(path: string): Stats | 'missing' | 'closed' {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' ? 'closed' : 'missing';
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function notFound(command: string, file: string): string {
  const folder = dirname(file);
  const isFolder = typeof statOf(folder) !== 'string';
  const where = isFolder ? '' : `: there is no folder ${folder}`;
  return `The program ${command} was not found${where}. Check its path, or that it is installed.`;
}

function notSearchable(folder: string): string {
  return `The folder ${folder} may not be entered by you. Its owner can allow that: chmod +x ${folder}`;
}

/** The first folder on the way that may not be entered. */
function closedAt(path: string): string {
  const parent = dirname(path);
  if (parent === path) return notSearchable(path);
  return statOf(parent) === 'closed' ? closedAt(parent) : notSearchable(parent);
}
