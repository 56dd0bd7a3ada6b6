/**
 * Loaded before a program of a release that is made for crash points (`node --import`): everything that lasts
 * (what is written, named, removed or flushed; programs that are started or signalled) goes through here. It
 * is counted, and at one chosen point the program ends itself by SIGKILL: before it, after it, or when a write
 * has done half. The program itself is the shipped one, and knows nothing of this.
 */
import childProcess from 'node:child_process';
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import {
  around,
  bytesOf,
  counts,
  isOurs,
  nameOfSync,
  nameOfWrite,
  plain,
  programName,
  real,
} from './counting.ts';

const text = (file: unknown): string => path.resolve(String(file));
const pathOf = (fd: number): string => real.readlinkSync(`/proc/self/fd/${fd}`);

/** Replaces a function of `fs` by one that `wrap` makes of it. */
// biome-ignore lint/suspicious/noExplicitAny: it passes on whatever arguments it is given.
type Any = (...args: any[]) => any;

function replace(module: object, name: string, wrap: (call: Any) => Any): void {
  const call: Any = Reflect.get(module, name);
  Reflect.set(module, name, Object.assign(wrap(call.bind(module)), call));
}

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

function hookWrites(): void {
  replace(fs, 'writeSync', (call) => (fd: number, data: unknown, ...rest) => {
    const file = pathOf(fd);
    if (!isOurs(file)) return call(fd, data, ...rest);
    let bytes = bytesOf(data);
    if (typeof data !== 'string' && typeof rest[0] === 'number') {
      bytes = bytes.subarray(rest[0], rest[0] + (rest[1] ?? bytes.length));
    }
    const position = typeof data === 'string' ? rest[0] : rest[2];
    const place = typeof position === 'number' ? position : real.fstatSync(fd).size;
    return around({
      name: nameOfWrite(file, bytes),
      act: () => call(fd, data, ...rest),
      tear: () => real.writeSync(fd, bytes, 0, Math.floor(bytes.length / 2), place),
      change: () => ({ op: 'write', path: file, at: place, data: bytes.toString('base64') }),
    });
  });
  replace(fs, 'fsyncSync', (call) => (fd: number) => {
    const file = pathOf(fd);
    if (!isOurs(file)) return call(fd);
    return around({
      name: nameOfSync(file),
      act: () => call(fd),
      change: () => ({ op: 'sync', path: file }),
    });
  });
  replace(fs, 'ftruncateSync', (call) => (fd: number, length = 0) => {
    const file = pathOf(fd);
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
      typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /[wa]/.test(flags ?? 'r');
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
    const bytes = (): Buffer => (copies ? real.readFileSync(first) : bytesOf(second));
    return around({
      name: `${copies ? 'copy' : 'put'} ${plain(file)}`,
      act: () => call(first, second, ...rest),
      tear: () => real.writeFileSync(file, bytes().subarray(0, Math.floor(bytes().length / 2))),
      change: () => ({ op: 'write', path: file, at: 0, data: bytes().toString('base64') }),
    });
  });
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
    return handle;
  });
  hookWhole(promises, 'copyFile');
}

/** What koffi gives: the functions of the C library that start and signal. */
function hookNative(exports: object): object {
  const load: Any = Reflect.get(exports, 'load');
  const wrapped = (...args: unknown[]): object => {
    const library: { func: Any } = load(...args);
    return new Proxy(library, {
      get: (target, key) =>
        key === 'func'
          ? (words: string) => watched(words, target.func(words))
          : Reflect.get(target, key),
    });
  };
  return new Proxy(exports, {
    get: (target, key) => (key === 'load' ? wrapped : Reflect.get(target, key)),
  });
}

const sendSignal = 424;

function watched(words: string, call: Any): Any {
  if (words.includes(' posix_spawn(')) {
    return (pid, program, ...rest) => {
      const argv: string[] = rest[2] ?? [];
      const name = `start ${[program, argv[1] ?? ''].map(programName).join(' ').trim()}`;
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
      (command: string, ...rest) =>
        around({ name: `start ${programName(command)}`, act: () => call(command, ...rest) }),
  );
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module: object, file: string, ...rest) => {
    dlopen(module, file, ...rest);
    if (path.basename(file) !== 'koffi.node') return;
    const exports: unknown = Reflect.get(module, 'exports');
    if (typeof exports === 'object' && exports) Reflect.set(module, 'exports', hookNative(exports));
  };
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
  hookWrites();
  hookPromises();
  hookProcesses();
  syncBuiltinESMExports();
}
