/** Windows's own answer to "who uses these files", with the names that users know. */
import { native } from '../on-demand.ts';

/** RM_PROCESS_INFO: pid 4, start time 8, app name 256 × 2, service name 64 × 2, four numbers 16. */
const recordSize = 668;
const nameOffset = 12;
const nameBytes = 512;
/** CCH_RM_SESSION_KEY + 1, in UTF-16. */
const sessionKeyBytes = 66;
const most = 64;

interface Calls {
  start(session: [number] | [null], flags: number, key: Buffer): number;
  register(
    session: number,
    count: number,
    files: readonly string[],
    apps: number,
    a: null,
    services: number,
    s: null,
  ): number;
  list(
    session: number,
    needed: [number] | [null],
    count: [number],
    out: Buffer,
    reasons: [number] | [null],
  ): number;
  end(session: number): number;
}

let calls: Calls | undefined;

function restartManager(): Calls {
  if (calls) return calls;
  const library = native().load('rstrtmgr.dll');
  calls = {
    start: library.func(
      'uint32_t __stdcall RmStartSession(_Out_ uint32_t *s, uint32_t f, void *k)',
    ),
    register: library.func(
      'uint32_t __stdcall RmRegisterResources(uint32_t s, uint32_t n, const char16_t **f, uint32_t a, void *ap, uint32_t v, void *sv)',
    ),
    list: library.func(
      'uint32_t __stdcall RmGetList(uint32_t s, _Out_ uint32_t *need, _Inout_ uint32_t *n, void *out, _Out_ uint32_t *why)',
    ),
    end: library.func('uint32_t __stdcall RmEndSession(uint32_t s)'),
  };
  return calls;
}

/** Processes that use any of `files`; [] when the Restart Manager does not answer. */
export function restartManagerHolders(files: readonly string[]): { pid: number; name: string }[] {
  if (files.length === 0) return [];
  const manager = restartManager();
  const session: [number] | [null] = [null];
  if (manager.start(session, 0, Buffer.alloc(sessionKeyBytes)) !== 0 || session[0] === null)
    return [];
  try {
    if (manager.register(session[0], files.length, files, 0, null, 0, null) !== 0) return [];
    const out = Buffer.alloc(recordSize * most);
    const count: [number] = [most];
    if (manager.list(session[0], [null], count, out, [null]) !== 0) return [];
    return Array.from({ length: Math.min(count[0], most) }, (_, index) => {
      const record = out.subarray(index * recordSize, (index + 1) * recordSize);
      const name =
        record.toString('utf16le', nameOffset, nameOffset + nameBytes).split('\0')[0] ?? '';
      return { pid: record.readUInt32LE(0), name };
    });
  } finally {
    manager.end(session[0]);
  }
}
