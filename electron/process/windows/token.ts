/** What the access tokens of processes say about their rights and their user. */
import { win32 } from './kernel32.ts';

const ownProcess = -1;
const tokenQuery = 0x8;
const elevationTypeClass = 18;
const userClass = 1;
const integrityClass = 25;
/** TokenElevationTypeFull: the raised half of a split token. Without split tokens no process is raised. */
const full = 2;
/** The records of user and integrity level: a pointer and attributes (16 bytes), then the SID itself. */
const sidOffset = 16;

/** Undefined when the token may not be read. */
function withToken<T>(process: number, use: (token: number) => T): T | undefined {
  const out: [number] | [null] = [null];
  if (!win32().OpenProcessToken(process, tokenQuery, out) || out[0] === null) return undefined;
  const token = out[0];
  try {
    return use(token);
  } finally {
    win32().CloseHandle(token);
  }
}

/** What Windows says: 1 not split, 2 raised, 3 everyday; 0 when it does not say. */
function elevationType(): number {
  const found = withToken(ownProcess, (token) => {
    const info = Buffer.alloc(4);
    const ok = win32().GetTokenInformation(token, elevationTypeClass, info, info.length, [0]);
    return ok ? info.readUInt32LE() : 0;
  });
  return found ?? 0;
}

/** True for a process started "as administrator". `type` is read from Windows. */
export function isElevated(type: () => number = elevationType): boolean {
  return type() === full;
}

/** The SIDs of a process's user and integrity level; undefined when they can't be read. */
export function tokenSids(process: number): string | undefined {
  return withToken(process, (token) => {
    const sids = [userClass, integrityClass].map(
      (kind) => sidOf(token, kind)?.toString('hex') ?? '',
    );
    return sids.includes('') ? undefined : sids.join('/');
  });
}

function sidOf(token: number, kind: number): Buffer | undefined {
  const info = Buffer.alloc(256);
  const length: [number] | [null] = [0];
  const ok = win32().GetTokenInformation(token, kind, info, info.length, length);
  return ok ? info.subarray(sidOffset, length[0] ?? sidOffset) : undefined;
}

export const ownSids = (): string | undefined => tokenSids(ownProcess);

/** This user's SID as Windows writes it; undefined when it can't be read. */
export function ownUserSid(): string | undefined {
  const sid = withToken(ownProcess, (token) => sidOf(token, userClass));
  return sid && sidText(sid);
}

/** Revision, count, authority in 6 bytes, then the parts in 4 each; undefined for anything else. */
export function sidText(sid: Buffer): string | undefined {
  const count = sid[1] ?? 0;
  if (sid[0] !== 1 || count === 0 || sid.length < 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, at) => sid.readUInt32LE(8 + 4 * at));
  return ['S', 1, sid.readUIntBE(2, 6), ...parts].join('-');
}
