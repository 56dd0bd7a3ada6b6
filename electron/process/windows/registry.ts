/** The part of the registry that is the user's own (HKEY_CURRENT_USER): keys, and the values in them. */
import { native } from '../on-demand.ts';

const currentUser = -0x7fffffff;
const mayReadAndWrite = 0x1 | 0x2;
const mayRead = 0x1 | 0x8;
const notFound = 2;
const noMoreKeys = 259;
/** The longest name of a key, and a NUL. */
const keyNameLength = 256;

/** A text as it is, one in which %NAME% stands for a variable, and a number of four bytes. */
export const valueTypes = { text: 1, expanded: 2, number: 4 } as const;

type Out = [number] | [null];
interface Calls {
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
  RegOpenKeyExW(root: number, key: string, options: number, rights: number, opened: Out): number;
  RegEnumKeyExW(
    key: number,
    index: number,
    name: Buffer,
    length: [number],
    reserved: null,
    kind: null,
    kindLength: null,
    written: null,
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
}

let bound: Calls | undefined;

function calls(): Calls {
  if (bound) return bound;
  const advapi = native().load('advapi32.dll');
  bound = {
    RegCreateKeyExW: advapi.func(
      'int32_t __stdcall RegCreateKeyExW(intptr_t r, const char16_t *k, uint32_t v, void *c, uint32_t o, uint32_t a, void *s, _Out_ intptr_t *h, void *d)',
    ),
    RegOpenKeyExW: advapi.func(
      'int32_t __stdcall RegOpenKeyExW(intptr_t r, const char16_t *k, uint32_t o, uint32_t a, _Out_ intptr_t *h)',
    ),
    RegEnumKeyExW: advapi.func(
      'int32_t __stdcall RegEnumKeyExW(intptr_t k, uint32_t i, void *n, _Inout_ uint32_t *l, void *v, void *c, void *m, void *w)',
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
  };
  return bound;
}

/** What a refusal is called where a key is used: `what` was to be done to it. */
export type Refused = (what: 'opened' | 'read' | 'written', code: number) => Error;

export interface RegistryValue {
  readonly type: number;
  readonly data: Buffer;
}

/** An open key; what the system refuses is thrown as its user calls it. */
export class RegistryKey {
  readonly #handle: number;
  readonly #refused: Refused;

  constructor(handle: number, refused: Refused) {
    this.#handle = handle;
    this.#refused = refused;
  }

  /** Null where there is none. */
  read(name: string): RegistryValue | null {
    const { RegQueryValueExW } = calls();
    const type: Out = [null];
    const size: [number] = [0];
    const asked = RegQueryValueExW(this.#handle, name, null, type, null, size);
    if (asked === notFound) return null;
    if (asked !== 0) throw this.#refused('read', asked);
    const data = Buffer.alloc(size[0]);
    const code = RegQueryValueExW(this.#handle, name, null, type, data, size);
    if (code !== 0) throw this.#refused('read', code);
    return { type: type[0] ?? 0, data: data.subarray(0, size[0]) };
  }

  write(name: string, { type, data }: RegistryValue): void {
    this.#written(calls().RegSetValueExW(this.#handle, name, 0, type, data, data.length));
  }

  remove(name: string): void {
    this.#written(calls().RegDeleteValueW(this.#handle, name));
  }

  /** The keys in it. */
  names(): readonly string[] {
    const { RegEnumKeyExW } = calls();
    const found: string[] = [];
    for (;;) {
      const name = Buffer.alloc(keyNameLength * 2);
      const length: [number] = [keyNameLength];
      const index = found.length;
      const code = RegEnumKeyExW(this.#handle, index, name, length, null, null, null, null);
      if (code === noMoreKeys) return found;
      if (code !== 0) throw this.#refused('read', code);
      found.push(name.toString('utf16le', 0, length[0] * 2));
    }
  }

  #written(code: number): void {
    if (code !== 0) throw this.#refused('written', code);
  }
}

/** Opens a key below HKEY_CURRENT_USER to change it, and makes it where there is none. */
export function withKey<T>(path: string, refused: Refused, use: (key: RegistryKey) => T): T {
  const opened: Out = [null];
  const { RegCreateKeyExW } = calls();
  const code = RegCreateKeyExW(currentUser, path, 0, null, 0, mayReadAndWrite, null, opened, null);
  if (code !== 0 || opened[0] === null) throw refused('opened', code);
  return used(opened[0], refused, use);
}

/** Opens a key to read it; null where there is none. */
export function withExistingKey<T>(
  path: string,
  refused: Refused,
  use: (key: RegistryKey) => T,
): T | null {
  const opened: Out = [null];
  const code = calls().RegOpenKeyExW(currentUser, path, 0, mayRead, opened);
  if (code === notFound) return null;
  if (code !== 0 || opened[0] === null) throw refused('opened', code);
  return used(opened[0], refused, use);
}

function used<T>(handle: number, refused: Refused, use: (key: RegistryKey) => T): T {
  try {
    return use(new RegistryKey(handle, refused));
  } finally {
    calls().RegCloseKey(handle);
  }
}

/** A program may have stored it without the NUL at its end. */
export function textIn({ data }: RegistryValue): string {
  return data.toString('utf16le').replace(/\0+$/, '');
}

export function textValue(text: string, type: number = valueTypes.text): RegistryValue {
  return { type, data: Buffer.from(`${text}\0`, 'utf16le') };
}
