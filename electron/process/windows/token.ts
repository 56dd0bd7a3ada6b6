/** Whether this process has more rights than its user has in everyday life. */
import { win32 } from './kernel32.ts';

const tokenQuery = 0x8;
const tokenElevationType = 18;
/** TokenElevationTypeFull: the raised half of a split token. Where tokens are not split nobody is raised. */
const full = 2;

/** What Windows says: 1 not split, 2 raised, 3 everyday; 0 when it does not tell. */
export function elevationType(): number {
  const token: [number] | [null] = [null];
  if (!win32().OpenProcessToken(-1, tokenQuery, token) || token[0] === null) return 0;
  try {
    const info = Buffer.alloc(4);
    const ok = win32().GetTokenInformation(token[0], tokenElevationType, info, info.length, [0]);
    return ok ? info.readUInt32LE() : 0;
  } finally {
    win32().CloseHandle(token[0]);
  }
}

/** True for a process started "as administrator". `type` is asked from Windows. */
export function isElevated(type: () => number = elevationType): boolean {
  return type() === full;
}
