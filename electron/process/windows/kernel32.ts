/** The Win32 calls, declared once. Handles are intptr_t: JS numbers, 0 for none, -1 for invalid. */
import { type Native, native } from '../on-demand.ts';

export const access = {
  terminate: 0x1,
  createProcess: 0x80,
  duplicate: 0x40,
  /** When it began, and its program: what any process may ask of any other, so that no guard is alarmed. */
  limited: 0x1000,
  /** Both: Wine refuses IsProcessInJob with the limited right alone. */
  query: 0x1400,
  synchronize: 0x100000,
} as const;
export const waitSignalled = 0;
export const infinite = 0xffffffff;
export const accessDenied = 5;
export const sharingViolation = 32;

type Out<T> = [T] | [null];
/** The functions by name. All take and return plain numbers, buffers or out arrays. */
export interface Win32 {
  readonly koffi: Native;
  lastError(): number;
  CloseHandle(handle: number): number;
  OpenProcess(rights: number, inherit: number, pid: number): number;
  GetProcessTimes(
    handle: number,
    created: Buffer,
    ended: Buffer,
    kernel: Buffer,
    user: Buffer,
  ): number;
  K32GetProcessMemoryInfo(handle: number, info: Buffer, length: number): number;
  GetExitCodeProcess(handle: number, code: Out<number>): number;
  TerminateProcess(handle: number, code: number): number;
  ResumeThread(thread: number): number;
  WaitForSingleObject: {
    (handle: number, ms: number): number;
    async(handle: number, ms: number, done: (error: unknown, result: number) => void): void;
  };
  CreateEventW(security: null, manual: number, initial: number, name: null): number;
  SetEvent(handle: number): number;
  GetModuleHandleW(name: string): number;
  GetProcAddress(module: number, name: string): number;
  RegisterWaitForSingleObject(
    wait: Out<number>,
    object: number,
    callback: number,
    context: number,
    ms: number,
    flags: number,
  ): number;
  UnregisterWaitEx(wait: number, event: number): number;
  IsProcessInJob(process: number, job: number, result: Out<number>): number;
  QueryInformationJobObject(
    job: number,
    kind: number,
    info: Buffer,
    length: number,
    returned: null,
  ): number;
  ProcessIdToSessionId(pid: number, session: Out<number>): number;
  QueryFullProcessImageNameW(handle: number, flags: number, out: Buffer, size: Buffer): number;
  CreateToolhelp32Snapshot(flags: number, pid: number): number;
  Process32FirstW(snapshot: number, entry: Buffer): number;
  Process32NextW(snapshot: number, entry: Buffer): number;
  CreateFileW(
    name: string,
    rights: number,
    share: number,
    security: Buffer | null,
    disposition: number,
    flags: number,
    template: number,
  ): number;
  WriteFile(
    handle: number,
    data: Buffer,
    length: number,
    written: Out<number>,
    overlapped: null,
  ): number;
  DuplicateHandle(
    from: number,
    handle: number,
    to: number,
    out: Out<number> | null,
    rights: number,
    inherit: number,
    options: number,
  ): number;
  InitializeProcThreadAttributeList(
    list: unknown,
    count: number,
    flags: number,
    size: [number],
  ): number;
  UpdateProcThreadAttribute(
    list: unknown,
    flags: number,
    attribute: number,
    value: unknown,
    size: number,
    previous: null,
    returned: null,
  ): number;
  DeleteProcThreadAttributeList(list: unknown): void;
  CreateProcessW(
    app: string,
    line: Buffer,
    pa: null,
    ta: null,
    inherit: number,
    flags: number,
    env: Buffer,
    cwd: string,
    startup: Buffer,
    info: Buffer,
  ): number;
  OpenProcessToken(process: number, rights: number, token: Out<number>): number;
  GetTokenInformation(
    token: number,
    kind: number,
    info: Buffer,
    length: number,
    returned: Out<number>,
  ): number;
  GetExtendedTcpTable(
    table: Buffer | null,
    size: Buffer,
    order: number,
    family: number,
    kind: number,
    reserved: number,
  ): number;
}

/** Each function's result and parameters, in C. */
type Declarations<Name extends string> = Readonly<Record<Name, readonly [string, string]>>;

const kernel32 = {
  GetLastError: ['uint32_t', ''],
  CloseHandle: ['int32_t', 'intptr_t h'],
  OpenProcess: ['intptr_t', 'uint32_t a, int32_t i, uint32_t pid'],
  GetProcessTimes: ['int32_t', 'intptr_t h, void *c, void *e, void *k, void *u'],
  K32GetProcessMemoryInfo: ['int32_t', 'intptr_t h, void *i, uint32_t l'],
  GetExitCodeProcess: ['int32_t', 'intptr_t h, _Out_ uint32_t *code'],
  TerminateProcess: ['int32_t', 'intptr_t h, uint32_t code'],
  ResumeThread: ['uint32_t', 'intptr_t h'],
  WaitForSingleObject: ['uint32_t', 'intptr_t h, uint32_t ms'],
  CreateEventW: ['intptr_t', 'void *s, int32_t m, int32_t i, const char16_t *n'],
  SetEvent: ['int32_t', 'intptr_t h'],
  GetModuleHandleW: ['intptr_t', 'const char16_t *n'],
  GetProcAddress: ['intptr_t', 'intptr_t m, const char *n'],
  RegisterWaitForSingleObject: [
    'int32_t',
    '_Out_ intptr_t *w, intptr_t o, intptr_t c, intptr_t x, uint32_t ms, uint32_t f',
  ],
  UnregisterWaitEx: ['int32_t', 'intptr_t w, intptr_t e'],
  IsProcessInJob: ['int32_t', 'intptr_t p, intptr_t j, _Out_ int32_t *r'],
  QueryInformationJobObject: ['int32_t', 'intptr_t j, int k, void *i, uint32_t l, void *r'],
  ProcessIdToSessionId: ['int32_t', 'uint32_t pid, _Out_ uint32_t *s'],
  QueryFullProcessImageNameW: ['int32_t', 'intptr_t h, uint32_t f, void *b, void *n'],
  CreateToolhelp32Snapshot: ['intptr_t', 'uint32_t f, uint32_t pid'],
  Process32FirstW: ['int32_t', 'intptr_t s, void *e'],
  Process32NextW: ['int32_t', 'intptr_t s, void *e'],
  CreateFileW: [
    'intptr_t',
    'const char16_t *n, uint32_t a, uint32_t s, void *sa, uint32_t d, uint32_t f, intptr_t t',
  ],
  WriteFile: ['int32_t', 'intptr_t h, void *d, uint32_t n, _Out_ uint32_t *w, void *o'],
  DuplicateHandle: [
    'int32_t',
    'intptr_t f, intptr_t h, intptr_t t, _Out_ intptr_t *o, uint32_t a, int32_t i, uint32_t x',
  ],
  InitializeProcThreadAttributeList: [
    'int32_t',
    'void *l, uint32_t n, uint32_t f, _Inout_ uintptr_t *s',
  ],
  UpdateProcThreadAttribute: [
    'int32_t',
    'void *l, uint32_t f, uintptr_t a, void *v, uintptr_t s, void *p, void *r',
  ],
  DeleteProcThreadAttributeList: ['void', 'void *l'],
  CreateProcessW: [
    'int32_t',
    'const char16_t *a, void *l, void *pa, void *ta, int32_t i, uint32_t f, void *e, const char16_t *d, void *si, void *pi',
  ],
} as const;

const advapi32 = {
  OpenProcessToken: ['int32_t', 'intptr_t p, uint32_t a, _Out_ intptr_t *t'],
  GetTokenInformation: ['int32_t', 'intptr_t t, int k, void *i, uint32_t l, _Out_ uint32_t *r'],
} as const;

const iphlpapi = {
  GetExtendedTcpTable: ['uint32_t', 'void *t, void *s, int32_t o, uint32_t f, int k, uint32_t r'],
} as const;

let bound: Win32 | undefined;

export function win32(): Win32 {
  if (bound) return bound;
  const koffi = native();
  const { GetLastError, ...kernel } = bind(koffi.load('kernel32.dll'), kernel32);
  bound = {
    koffi,
    lastError: GetLastError,
    ...kernel,
    ...bind(koffi.load('advapi32.dll'), advapi32),
    ...bind(koffi.load('iphlpapi.dll'), iphlpapi),
  };
  return bound;
}

function bind<Name extends string>(
  library: ReturnType<Native['load']>,
  declarations: Declarations<Name>,
): Record<Name, ReturnType<typeof library.func>> {
  const functions = Object.entries<readonly [string, string]>(declarations).map(
    ([name, [result, parameters]]) => [
      name,
      library.func(`${result} __stdcall ${name}(${parameters})`),
    ],
  );
  // Object.fromEntries forgets the names that it was given.
  return Object.fromEntries(functions) as Record<Name, ReturnType<typeof library.func>>;
}
