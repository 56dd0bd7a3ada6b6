/** The user at the other end of a Unix socket (SO_PEERCRED), as the kernel recorded it at connect. */
import { libc } from './syscalls.ts';

const solSocket = 1;
const soPeercred = 17;
/** `struct ucred`: pid, uid, gid, four bytes each. */
const ucredSize = 12;

export function peerUser(fd: number): number | undefined {
  const credentials = Buffer.alloc(ucredSize);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(ucredSize);
  if (libc().getsockopt(fd, solSocket, soPeercred, credentials, length) !== 0) return undefined;
  return credentials.readUInt32LE(4);
}
