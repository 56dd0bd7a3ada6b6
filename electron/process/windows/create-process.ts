/**
 * One CreateProcessW: explicit handle list, own environment block, stdio to shared append files,
 * optionally with another process as parent. Every handle opened here is closed here. The process
 * is made suspended: `resume` lets it run, `discard` ends it before it has run at all.
 */
import { closeSync, statSync } from 'node:fs';
import { toNamespacedPath } from 'node:path';
import { nonceVariable } from '../../contract/identity.ts';
import { endLastLine, openLogFile } from '../../files/log-file.ts';
import { SpawnError, type SpawnSpec, type StreamTarget } from '../spawn-spec.ts';
import { explainFailure } from '../why-not-started.ts';
import { commandLine, environmentBlock, resolveProgram, wide } from './command-line.ts';
import { infinite, win32 } from './kernel32.ts';

const suspended = 0x4;
const unicodeEnvironment = 0x400;
const extendedStartup = 0x80000;
const useStdHandles = 0x100;
const attributeHandles = 0x20002;
const attributeParent = 0x20000;
const appendOnly = 0x4 | 0x100000; // FILE_APPEND_DATA | SYNCHRONIZE
const genericRead = 0x80000000;
const shareAll = 7;
const openAlways = 4;
const openExisting = 3;
const sameAccess = 2;
const closeSource = 1;
const currentProcess = -1;

export interface Created {
  readonly pid: number;
  /** Open: keeps the pid from being reused until it is closed. */
  readonly handle: number;
  readonly thread: number;
}

/** Lets it run, and closes both handles. */
export function resume({ handle, thread }: Created): void {
  win32().ResumeThread(thread);
  win32().CloseHandle(thread);
  win32().CloseHandle(handle);
}

/** Ends a process that has not run, and waits for its end, which nothing can delay. */
export function discard({ handle, thread }: Created): void {
  win32().TerminateProcess(handle, 1);
  win32().WaitForSingleObject(handle, infinite);
  win32().CloseHandle(thread);
  win32().CloseHandle(handle);
}

/** SECURITY_ATTRIBUTES (24 bytes) that make a handle inheritable. */
function inheritable(): Buffer {
  const attributes = Buffer.alloc(24);
  attributes.writeUInt32LE(24, 0);
  attributes.writeInt32LE(1, 16);
  return attributes;
}

/** Ends the last line of a log, so that the new output begins on its own line. */
function endLineOf(file: string): void {
  try {
    const fd = openLogFile(file, 'append');
    try {
      endLastLine(file, fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The open that follows reports the error.
  }
}

function openTarget(target: StreamTarget, command: string): number {
  if (typeof target === 'number') {
    throw new SpawnError('failed', command, 'On Windows output goes to a file named by its path.');
  }
  if (target !== 'ignore') endLineOf(target);
  const [name, disposition] = target === 'ignore' ? ['NUL', openExisting] : [target, openAlways];
  const handle = win32().CreateFileW(
    name === 'NUL' ? name : toNamespacedPath(name),
    appendOnly,
    shareAll,
    inheritable(),
    disposition,
    0x80,
    0,
  );
  if (handle !== -1) return handle;
  throw new SpawnError(
    'no-output',
    command,
    `The log file ${name} could not be opened (error ${win32().lastError()}).`,
  );
}

/** Throws a SpawnError for a problem with the program or its files; returns Windows's own error number. */
export function createProcess(
  spec: SpawnSpec,
  flags: number,
  parent = 0,
): Created | { readonly error: number } {
  const isFile = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const program = resolveProgram(spec, isFile);
  if (!program) throw explainFailure(spec, 'ENOENT', undefined);
  const comspec = `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\cmd.exe`;
  const batch = /\.(cmd|bat)$/i.test(program);
  const env = spec.nonce === '' ? spec.env : { ...spec.env, [nonceVariable]: spec.nonce };

  const own: number[] = [];
  try {
    own.push(
      win32().CreateFileW('NUL', genericRead, shareAll, inheritable(), openExisting, 0x80, 0),
    );
    own.push(openTarget(spec.stdout, spec.command));
    own.push(openTarget(spec.stderr, spec.command));
    const streams = parent === 0 ? own : lend(own, parent);
    try {
      const startup = startupInfo(streams, parent);
      const info = Buffer.alloc(24);
      const line = wide(commandLine(program, spec.args, comspec));
      const app = batch ? comspec : program;
      const all = (flags | suspended | unicodeEnvironment | extendedStartup) >>> 0;
      const started = win32().CreateProcessW(
        app,
        line,
        null,
        null,
        1,
        all,
        environmentBlock(env),
        spec.cwd,
        startup.buffer,
        info,
      );
      const error = started ? 0 : win32().lastError();
      startup.free();
      if (!started) return { error };
      return {
        pid: info.readUInt32LE(16),
        handle: Number(info.readBigInt64LE(0)),
        thread: Number(info.readBigInt64LE(8)),
      };
    } finally {
      if (parent !== 0) takeBack(streams, parent);
    }
  } finally {
    for (const handle of own) win32().CloseHandle(handle);
  }
}

/** With another parent, handles are inherited from it: ours are copied there first. */
function lend(handles: readonly number[], parent: number): number[] {
  return handles.map((handle) => {
    const out: [number] | [null] = [null];
    win32().DuplicateHandle(currentProcess, handle, parent, out, 0, 1, sameAccess);
    return out[0] ?? 0;
  });
}

function takeBack(handles: readonly number[], parent: number): void {
  for (const handle of handles) win32().DuplicateHandle(parent, handle, 0, [0], 0, 0, closeSource);
}

/** STARTUPINFOEXW (112 bytes) with its attribute list; the list exists until `free`. */
function startupInfo(
  streams: readonly number[],
  parent: number,
): { buffer: Buffer; free: () => void } {
  const { koffi } = win32();
  const count = parent === 0 ? 1 : 2;
  const size: [number] = [0];
  win32().InitializeProcThreadAttributeList(null, count, 0, size);
  const list = koffi.alloc('uint8_t', size[0]);
  win32().InitializeProcThreadAttributeList(list, count, 0, size);
  const handles = koffi.alloc('intptr_t', streams.length);
  streams.forEach((handle, index) => {
    koffi.encode(handles, index * 8, 'intptr_t', handle);
  });
  win32().UpdateProcThreadAttribute(
    list,
    0,
    attributeHandles,
    handles,
    streams.length * 8,
    null,
    null,
  );
  const parentValue = koffi.alloc('intptr_t', 1);
  if (parent !== 0) {
    koffi.encode(parentValue, 'intptr_t', parent);
    win32().UpdateProcThreadAttribute(list, 0, attributeParent, parentValue, 8, null, null);
  }
  const buffer = Buffer.alloc(112);
  buffer.writeUInt32LE(112, 0);
  buffer.writeUInt32LE(useStdHandles, 60);
  streams.forEach((handle, index) => {
    buffer.writeBigInt64LE(BigInt(handle), 80 + index * 8);
  });
  buffer.writeBigUInt64LE(koffi.address(list), 104);
  const free = (): void => {
    win32().DeleteProcThreadAttributeList(list);
    for (const block of [list, handles, parentValue]) koffi.free(block);
  };
  return { buffer, free };
}
