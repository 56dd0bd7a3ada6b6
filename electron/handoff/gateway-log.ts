/** A gateway's log, read without its watcher. */
import type { LogLine } from '../contract/watcher-contract.ts';
import { followLog, type Tail } from '../gateway/log-tail.ts';
import { systemClock } from '../process/index.ts';

/** The last `lines` lines, and what is added until the answer is closed. */
export function followGatewayLog(
  file: string,
  lines: number,
  onLines: (added: readonly LogLine[], gap: boolean) => void,
): Tail {
  return followLog(file, { lines, clock: systemClock, onLines });
}
