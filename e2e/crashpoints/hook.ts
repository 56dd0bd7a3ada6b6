/**
 * Loaded before a program of a release that is made for crash points (`node --import`): everything that lasts
 * (what is written, named, removed or flushed; programs that are started or signalled) goes through here. It
 * is counted, and at one chosen point the program ends itself by SIGKILL: before it, after it, or when a write
 * has done half. The program itself is the shipped one, and knows nothing of this.
 */
import childProcess from 'node:child_process';
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import path from 'node:path';
import {
  around,
  bytesOf,
  counts,
  endStretch,
  isOurs,
  nameOfSync,
  nameOfWrite,
  plain,
  programName,
  real,
} from './counting.ts';

const text = (file: unknown): string => path.resolve(String(file));
const pathOf = (fd: unknown): string => real.readlinkSync(`/proc/self/fd/${Number(fd)}`);

/** Passes on whatever arguments it is given. */
type Call = (...args: unknown[]) => unknown;

/** Replaces a function of `fs` by one that `wrap` makes of it. */
function replace(module: object, name: string, wrap: (call: Call) => Call): void {
  const call: Call = Reflect.get(module, name);
  Reflect.set(module, name, Object.assign(wrap(call.bind(module)), call));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A change of one name, or of two. */
function hookNames(module: object, name: string, op: 'rename' | 'link'): void {
  replace(module, name, (call) => (from, given, ...rest) => {
    const to = text(given);
    if (!isOurs(to)) return call(from, given, ...rest);
    return around({
      name: `${op} ${plain(to)}`,
      act: () => call(from, given, ...rest),
      change: () => ({ op, path: text(from), to }),
    });
  });
}

/** A folder that is made: where there is one already, that is no effect. */
function hookMaking(module: object, name: string): void {
  replace(module, name, (call) => (given, ...rest) => {
    const file = text(given);
    if (!isOurs(file) || real.existsSync(file)) return call(given, ...rest);
    return around({
      name: `make ${plain(file)}`,
      act: () => call(given, ...rest),
      change: () => ({ op: 'make-folder', path: file }),
    });
  });
}

/** What is removed: where there is nothing, that is no effect. */
function hookRemoving(module: object, name: string): void {
  replace(module, name, (call) => (given, ...rest) => {
    const file = text(given);
    const found = isOurs(file) && real.lstatSync(file, { throwIfNoEntry: false });
    if (!found) return call(given, ...rest);
    const isFolder = found.isDirectory();
    return around({
      name: `remove ${plain(file)}`,
      act: () => call(given, ...rest),
      change: () => ({ op: isFolder ? 'remove-folder' : 'remove', path: file }),
      ...(isFolder && { tear: () => removeHalf(file) }),
    });
  });
}

/** A folder that is removed goes file by file. */
function removeHalf(folder: string): void {
  const names = real.readdirSync(folder);
  for (const name of names.slice(0, Math.ceil(names.length / 2))) {
    real.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function hookWriting(): void {
  replace(fs, 'writeSync', (call) => (fd, data, ...rest) => {
    const file = pathOf(fd);
    if (!isOurs(file)) return call(fd, data, ...rest);
    const [from, length] = typeof data === 'string' ? [] : rest;
    const position = typeof data === 'string' ? rest[0] : rest[2];
    const start = Number(from ?? 0);
    const bytes = bytesOf(data).subarray(start, start + Number(length ?? Number.POSITIVE_INFINITY));
    const place = typeof position === 'number' ? position : real.fstatSync(Number(fd)).size;
    return around({
      name: nameOfWrite(file, bytes),
      act: () => call(fd, data, ...rest),
      tear: () => real.writeSync(Number(fd), bytes, 0, Math.floor(bytes.length / 2), place),
      change: () => ({ op: 'write', path: file, at: place, data: bytes.toString('base64') }),
    });
  });
}

function hookWrites(): void {
  replace(fs, 'fsyncSync', (call) => (fd) => {
    const file = pathOf(fd);
    if (!isOurs(file)) return call(fd);
    return around({
      name: nameOfSync(file),
      act: () => call(fd),
      change: () => ({ op: 'sync', path: file }),
    });
  });
  replace(fs, 'ftruncateSync', (call) => (fd, given) => {
    const file = pathOf(fd);
    const length = Number(given ?? 0);
    if (!isOurs(file)) return call(fd, length);
    return around({
      name: `cut ${plain(file)}`,
      act: () => call(fd, length),
      change: () => ({ op: 'cut', path: file, length }),
    });
  });
  replace(fs, 'openSync', (call) => (given, flags, ...rest) => {
    const file = text(given);
    const creates =
      typeof flags === 'number'
        ? (flags & fs.constants.O_CREAT) !== 0
        : /[wa]/.test(String(flags ?? 'r'));
    if (!creates || !isOurs(file) || real.existsSync(file)) return call(given, flags, ...rest);
    return around({
      name: `create ${plain(file)}`,
      act: () => call(given, flags, ...rest),
      change: () => ({ op: 'create', path: file }),
    });
  });
  for (const name of ['writeFileSync', 'copyFileSync']) hookWhole(fs, name);
}

/** A file that is written or copied in one call. */
function hookWhole(module: object, name: string): void {
  const copies = name.startsWith('copyFile');
  replace(module, name, (call) => (first, second, ...rest) => {
    const file = text(copies ? second : first);
    if (typeof first === 'number' || !isOurs(file)) return call(first, second, ...rest);
    const bytes = (): Buffer => (copies ? real.readFileSync(text(first)) : bytesOf(second));
    return around({
      name: `${copies ? 'copy' : 'put'} ${plain(file)}`,
      act: () => call(first, second, ...rest),
      tear: () => real.writeFileSync(file, bytes().subarray(0, Math.floor(bytes().length / 2))),
      change: () => ({ op: 'write', path: file, at: 0, data: bytes().toString('base64') }),
    });
  });
}

/** What is written and flushed by a handle of `promises`. */
function hookHandle(handle: object, file: string): void {
  for (const name of ['write', 'writeFile', 'appendFile']) {
    replace(handle, name, (write) => (data, ...more) => {
      const bytes = bytesOf(data);
      const place = real.statSync(file).size;
      return around({
        name: `write ${plain(file)}`,
        act: () => write(data, ...more),
        tear: () => real.appendFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2))),
        change: () => ({ op: 'write', path: file, at: place, data: bytes.toString('base64') }),
      });
    });
  }
  for (const name of ['sync', 'datasync']) {
    replace(
      handle,
      name,
      (sync) => () =>
        around({
          name: `sync ${plain(file)}`,
          act: sync,
          change: () => ({ op: 'sync', path: file }),
        }),
    );
  }
}

function hookPromises(): void {
  replace(promises, 'open', (call) => async (given, flags, ...rest) => {
    const file = text(given);
    const creates = /[wa]/.test(String(flags ?? 'r'));
    if (!isOurs(file)) return call(given, flags, ...rest);
    const open = () => call(given, flags, ...rest);
    const isNew = creates && !real.existsSync(file);
    const handle = await (isNew
      ? around({
          name: `create ${plain(file)}`,
          act: open,
          change: () => ({ op: 'create', path: file }),
        })
      : open());
    if (!isObject(handle)) return handle;
    hookHandle(handle, file);
    return handle;
  });
  hookWhole(promises, 'copyFile');
}

/** What koffi gives: the functions of the C library that start and signal. */
function hookNative(exports: object): object {
  const load: Call = Reflect.get(exports, 'load');
  const wrapped: Call = (...args) => {
    const library = load(...args);
    return isObject(library) ? hookLibrary(library) : library;
  };
  return new Proxy(exports, {
    get: (target, key) => (key === 'load' ? wrapped : Reflect.get(target, key)),
  });
}

function hookLibrary(library: object): object {
  const func: Call = Reflect.get(library, 'func').bind(library);
  const wrapped: Call = (words) => {
    const call = func(words);
    return isCall(call) ? watched(String(words), call) : call;
  };
  return new Proxy(library, {
    get: (target, key) => (key === 'func' ? wrapped : Reflect.get(target, key)),
  });
}

const isCall = (value: unknown): value is Call => typeof value === 'function';

const sendSignal = 424;

function watched(words: string, call: Call): Call {
  if (words.includes(' posix_spawn(')) {
    return (pid, program, ...rest) => {
      const script: unknown = Array.isArray(rest[2]) ? rest[2][1] : undefined;
      const words = [program, script ?? ''].map((word) => programName(String(word)));
      const name = `start ${words.join(' ').trim()}`;
      return around({ name, act: () => call(pid, program, ...rest) });
    };
  }
  if (!words.includes(' syscall(')) return call;
  return (number, ...rest) =>
    number === sendSignal
      ? around({ name: `signal ${String(rest[1])}`, act: () => call(number, ...rest) })
      : call(number, ...rest);
}

function hookProcesses(): void {
  replace(
    childProcess,
    'spawn',
    (call) =>
      (command, ...rest) =>
        around({
          name: `start ${programName(String(command))}`,
          act: () => call(command, ...rest),
        }),
  );
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module: object, file: string, ...rest) => {
    dlopen(module, file, ...rest);
    if (path.basename(file) !== 'koffi.node') return;
    const exports: unknown = Reflect.get(module, 'exports');
    if (isObject(exports)) Reflect.set(module, 'exports', hookNative(exports));
  };
}

/** What is sent is seen outside: between two effects it makes two moments of one. */
function hookSockets(): void {
  for (const name of ['write', 'end', 'destroy'] as const) {
    const call: unknown = Reflect.get(Socket.prototype, name);
    if (!isCall(call)) continue;
    Reflect.set(Socket.prototype, name, function send(this: Socket, ...args: unknown[]) {
      endStretch();
      return Reflect.apply(call, this, args);
    });
  }
}

if (counts) {
  for (const name of ['renameSync', 'linkSync'] as const) {
    hookNames(fs, name, name === 'linkSync' ? 'link' : 'rename');
  }
  hookNames(promises, 'rename', 'rename');
  for (const [module, ending] of [
    [fs, 'Sync'],
    [promises, ''],
  ] as const) {
    hookMaking(module, `mkdir${ending}`);
    for (const name of ['rm', 'unlink', 'rmdir']) hookRemoving(module, name + ending);
  }
  hookWriting();
  hookWrites();
  hookPromises();
  hookProcesses();
  hookSockets();
  syncBuiltinESMExports();
}
