/** Windows's own answer to "who uses these files", with the names that users know. */
import { native } from '../on-demand.ts';

/** RM_PROCESS_INFO: pid 4, start time 8, app name 256 × 2, service name 64 × 2, four numbers 16. */
const recordSize = 668;
const nameOffset = 12;
const nameBytes = 512;
/** CCH_RM_SESSION_KEY + 1, in UTF-16. */
const sessionKeyBytes = 66;
/** How many users of files are first asked for; Windows says when there are more (ERROR_MORE_DATA). */
const firstRoom = 64;
const moreData = 234;
/** More can come while we ask again. */
const mostTries = 4;
/** Files that are named in one call. */
const filesPerCall = 500;

export interface RestartManager {
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

let calls: RestartManager | undefined;

function restartManager(): RestartManager {
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

/** Processes that use any of `files`; [] when the Restart Manager does not answer. `manager`: Windows' own. */
export function restartManagerHolders(
  files: readonly string[],
  manager?: RestartManager,
): { pid: number; name: string }[] {
  if (files.length === 0) return [];
  const calls = manager ?? restartManager();
  const session: [number] | [null] = [null];
  if (calls.start(session, 0, Buffer.alloc(sessionKeyBytes)) !== 0 || session[0] === null)
    return [];
  try {
    for (let from = 0; from < files.length; from += filesPerCall) {
      const some = files.slice(from, from + filesPerCall);
      if (calls.register(session[0], some.length, some, 0, null, 0, null) !== 0) return [];
    }
    return listed(calls, session[0]);
  } finally {
    calls.end(session[0]);
  }
}

function listed(calls: RestartManager, session: number): { pid: number; name: string }[] {
  let room = firstRoom;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const out = Buffer.alloc(recordSize * room);
    const needed: [number] | [null] = [null];
    const count: [number] = [room];
    const code = calls.list(session, needed, count, out, [null]);
    if (code === 0) {
      return Array.from({ length: Math.min(count[0], room) }, (_, index) => recordAt(out, index));
    }
    if (code !== moreData) return [];
    room = Math.max(needed[0] ?? 0, 2 * room);
  }
  return [];
}

function recordAt(out: Buffer, index: number): { pid: number; name: string } {
  const record = out.subarray(index * recordSize, (index + 1) * recordSize);
  const name = record.toString('utf16le', nameOffset, nameOffset + nameBytes).split('\0')[0] ?? '';
  return { pid: record.readUInt32LE(0), name };
}
