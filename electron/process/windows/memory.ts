/**
 * The environment, command line and working folder of a process, read from its memory, as every process viewer on
 * Windows does: there is no call for the environment. It shows our nonce, by which an adopted or
 * orphaned gateway differs from other programs.
 */
import { native } from '../on-demand.ts';
import { access } from './kernel32.ts';
import { withProcess } from './processes.ts';

const readMemory = 0x10;
const basicInformation = 0;
/** x64: PEB.ProcessParameters, and in them CurrentDirectory.DosPath, CommandLine and Environment. */
const at = { parameters: 0x20, folder: 0x38, line: 0x70, environment: 0x80 } as const;
const page = 4096;
/** Windows itself allows no block over 32,767 characters to SetEnvironmentVariable's callers. */
const mostBytes = 256 * 1024;

interface Calls {
  query(process: number, kind: number, out: Buffer, length: number, used: null): number;
  read(process: number, address: bigint, out: Buffer, length: number, read: null): number;
}
let calls: Calls | undefined;

function memory(): Calls {
  calls ??= {
    query: native()
      .load('ntdll.dll')
      .func(
        'int32_t __stdcall NtQueryInformationProcess(intptr_t p, int32_t k, void *o, uint32_t l, void *u)',
      ),
    read: native()
      .load('kernel32.dll')
      .func(
        'int32_t __stdcall ReadProcessMemory(intptr_t p, uint64_t a, void *o, uint64_t l, void *r)',
      ),
  };
  return calls;
}

function readAt(handle: number, address: bigint, length: number): Buffer | undefined {
  const out = Buffer.alloc(length);
  return memory().read(handle, address, out, length, null) ? out : undefined;
}

/** Opens the process, finds its parameters, and hands both on; undefined when it may not be read. */
function withParameters<T>(
  pid: number,
  use: (handle: number, parameters: Buffer) => T | undefined,
): T | undefined {
  return withProcess(pid, access.query | readMemory, (handle) => {
    const basic = Buffer.alloc(48);
    if (memory().query(handle, basicInformation, basic, basic.length, null) !== 0) return undefined;
    const pointer = readAt(handle, basic.readBigUInt64LE(8) + BigInt(at.parameters), 8);
    const found = pointer && readAt(handle, pointer.readBigUInt64LE(), at.environment + 8);
    return found && use(handle, found);
  });
}

/** The command line as it was given; undefined when the process can't be read. */
export function commandLineOf(pid: number): string | undefined {
  return withParameters(pid, (handle, found) => textAt(handle, found, at.line));
}

/** The folder it works in now, without a backslash at its end; undefined when the process can't be read. */
export function workingFolderOf(pid: number): string | undefined {
  const folder = withParameters(pid, (handle, found) => textAt(handle, found, at.folder));
  return folder?.replace(/\\$/, '');
}

/** A UNICODE_STRING: its length in bytes, then where it lies. */
function textAt(handle: number, parameters: Buffer, offset: number): string | undefined {
  const [length, address] = [parameters.readUInt16LE(offset), offset + 8];
  return readAt(handle, parameters.readBigUInt64LE(address), length)?.toString('utf16le');
}

/** One variable of the environment that the process was started with; names have no case. */
export function variableOf(pid: number, name: string): string | undefined {
  const prefix = `${name.toUpperCase()}=`;
  const entry = environmentOf(pid)?.find((one) => one.toUpperCase().startsWith(prefix));
  return entry?.slice(prefix.length);
}

function environmentOf(pid: number): string[] | undefined {
  return withParameters(pid, (handle, found) => {
    const start = found.readBigUInt64LE(at.environment);
    let block = Buffer.alloc(0);
    // Page by page: what follows the block may not be readable.
    while (block.length < mostBytes) {
      const from = start + BigInt(block.length);
      const more = readAt(handle, from, page - Number(from % BigInt(page)));
      if (!more) break;
      block = Buffer.concat([block, more]);
      const text = block.toString('utf16le');
      const end = text.indexOf('\0\0');
      if (end >= 0) return text.slice(0, end).split('\0');
    }
    return undefined;
  });
}
