/**
 * The user's own search path in the registry (HKCU\Environment). Windows puts it behind that of the machine, and
 * gives both to programs that the shell starts once it has been told of the change.
 */
import { win32 as winPath } from 'node:path';
import { promisify } from 'node:util';
import { native } from '../on-demand.ts';
import { pathHas, pathWith, pathWithout, type UserPath } from '../user-path.ts';

const currentUser = -0x7fffffff;
const mayReadAndWrite = 0x1 | 0x2;
const valueName = 'Path';
/** A text as it is, and one in which %NAME% stands for a variable. */
const types = { text: 1, expanded: 2 } as const;
const notFound = 2;

const broadcast = 0xffff;
const settingChanged = 0x1a;
const notIfHung = 0x2;
/** For each window that gives no answer; those that hang are passed over. */
const answerWithinMs = 500;

type Out = [number] | [null];
interface Registry {
  RegCreateKeyExW(
    root: number,
    key: string,
    reserved: number,
    kind: null,
    options: number,
    rights: number,
    security: null,
    opened: Out,
    disposition: null,
  ): number;
  RegQueryValueExW(
    key: number,
    name: string,
    reserved: null,
    type: Out,
    data: Buffer | null,
    size: [number],
  ): number;
  RegSetValueExW(
    key: number,
    name: string,
    reserved: number,
    type: number,
    data: Buffer,
    size: number,
  ): number;
  RegDeleteValueW(key: number, name: string): number;
  RegCloseKey(key: number): number;
  /** Does not wait on this thread: a window may take its time. */
  tellWindows(): Promise<unknown>;
}

let bound: Registry | undefined;

function registry(): Registry {
  if (bound) return bound;
  const koffi = native();
  const advapi = koffi.load('advapi32.dll');
  const send = koffi
    .load('user32.dll')
    .func(
      'intptr_t __stdcall SendMessageTimeoutW(intptr_t w, uint32_t m, uintptr_t a, const char16_t *b, uint32_t f, uint32_t ms, void *r)',
    );
  const tell = promisify(send.async);
  bound = {
    RegCreateKeyExW: advapi.func(
      'int32_t __stdcall RegCreateKeyExW(intptr_t r, const char16_t *k, uint32_t v, void *c, uint32_t o, uint32_t a, void *s, _Out_ intptr_t *h, void *d)',
    ),
    RegQueryValueExW: advapi.func(
      'int32_t __stdcall RegQueryValueExW(intptr_t k, const char16_t *n, void *v, _Out_ uint32_t *t, void *d, _Inout_ uint32_t *s)',
    ),
    RegSetValueExW: advapi.func(
      'int32_t __stdcall RegSetValueExW(intptr_t k, const char16_t *n, uint32_t v, uint32_t t, void *d, uint32_t s)',
    ),
    RegDeleteValueW: advapi.func(
      'int32_t __stdcall RegDeleteValueW(intptr_t k, const char16_t *n)',
    ),
    RegCloseKey: advapi.func('int32_t __stdcall RegCloseKey(intptr_t k)'),
    tellWindows: () =>
      tell(broadcast, settingChanged, 0, 'Environment', notIfHung, answerWithinMs, null),
  };
  return bound;
}

interface Value {
  readonly text: string;
  readonly type: number;
}

/** @param key below HKCU; another one in tests */
export function windowsUserPath(key = 'Environment'): UserPath {
  const change = async (folder: string, changed: typeof pathWith): Promise<void> => {
    const isChanged = withKey(key, (opened) => {
      const before = read(opened) ?? { text: '', type: types.expanded };
      if (before.type !== types.text && before.type !== types.expanded) {
        throw new Error(
          `Your search path was left as it is: the registry holds something else than a text there (HKEY_CURRENT_USER\\${key}, ${valueName}).`,
        );
      }
      const text = changed(before.text, folder, resolved);
      if (text !== before.text) write(opened, { ...before, text });
      return text !== before.text;
    });
    if (isChanged) await registry().tellWindows();
  };
  return {
    has: (folder) => withKey(key, (opened) => pathHas(read(opened)?.text ?? '', folder, resolved)),
    add: (folder) => change(folder, pathWith),
    remove: (folder) => change(folder, pathWithout),
  };
}

/** `%APPDATA%\x`, as programs are given it. */
function resolved(entry: string): string {
  return winPath.normalize(
    entry.replace(/%([^%]+)%/g, (written, name: string) => process.env[name] ?? written),
  );
}

function withKey<T>(key: string, use: (opened: number) => T): T {
  const opened: Out = [null];
  const { RegCreateKeyExW, RegCloseKey } = registry();
  const code = RegCreateKeyExW(currentUser, key, 0, null, 0, mayReadAndWrite, null, opened, null);
  if (code !== 0 || opened[0] === null) throw refused('opened', code);
  try {
    return use(opened[0]);
  } finally {
    RegCloseKey(opened[0]);
  }
}

/** Null where there is none. */
function read(opened: number): Value | null {
  const { RegQueryValueExW } = registry();
  const type: Out = [null];
  const size: [number] = [0];
  const asked = RegQueryValueExW(opened, valueName, null, type, null, size);
  if (asked === notFound) return null;
  if (asked !== 0) throw refused('read', asked);
  const data = Buffer.alloc(size[0]);
  const code = RegQueryValueExW(opened, valueName, null, type, data, size);
  if (code !== 0) throw refused('read', code);
  // A program may have stored it without the NUL at its end.
  const text = data.toString('utf16le', 0, size[0]).replace(/\0+$/, '');
  return { text, type: type[0] ?? 0 };
}

/** An empty one is taken away: there was none before. */
function write(opened: number, { text, type }: Value): void {
  const { RegSetValueExW, RegDeleteValueW } = registry();
  const data = Buffer.from(`${text}\0`, 'utf16le');
  const code =
    text === ''
      ? RegDeleteValueW(opened, valueName)
      : RegSetValueExW(opened, valueName, 0, type, data, data.length);
  if (code !== 0) throw refused('written', code);
}

function refused(what: string, code: number): Error {
  return new Error(
    `Your search path in the registry could not be ${what} (Windows says ${code}). A policy of this machine may keep programs from it.`,
  );
}
