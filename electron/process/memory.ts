/** Memory that this program no longer needs, back to the system. */
import { trimHeap } from './linux/syscalls.ts';

/**
 * V8's (13 ms for a watcher's heap) and, on Linux, the C library's. Nothing happens in a program that
 * was started without `--expose-gc`.
 */
export function giveMemoryBack(): void {
  if (typeof gc !== 'function') return;
  gc({ type: 'major', flavor: 'last-resort' });
  if (process.platform === 'linux') trimHeap();
}
