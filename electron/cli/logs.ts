/** `holdfast logs`: the end of a gateway's log, and what is added. The file itself is read: no watcher is needed. */
import { existsSync } from 'node:fs';
import { followGatewayLog } from '../handoff/gateway-log.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { exitCodes } from './exit-codes.ts';

/** Lines shown before new ones follow: a screenful. */
const LOG_LINES = 50;

export interface Output {
  print(line: string): void;
  complain(line: string): void;
}

/** With `follow` it never resolves: its user interrupts it. */
export function logs(
  state: StateFolder,
  asked: { readonly id: string; readonly follow: boolean },
  { print, complain }: Output,
): Promise<number> {
  const file = state.gatewayLog(asked.id);
  if (!existsSync(file) && !asked.follow) {
    complain(`There is no log of a gateway called "${asked.id}" (${file}).`);
    return Promise.resolve(exitCodes.failed);
  }
  const tail = followGatewayLog(file, LOG_LINES, (lines, gap) => {
    if (gap) complain('some lines were left out');
    for (const { text } of lines) print(text);
  });
  for (const { text } of tail.lines) print(text);
  if (asked.follow) return new Promise(() => undefined);
  tail.close();
  return Promise.resolve(exitCodes.ok);
}
