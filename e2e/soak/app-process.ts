/** The app's process (app.ts) from the side of the run, which gives it orders, kills it and reads its words. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';

export type Intent = 'start' | 'stop' | 'restart';

/** The orders to the app. */
export interface Order {
  readonly id: number;
  readonly call: Intent | 'retire';
  readonly gateway: string;
}

/** What it tells. */
export type AppWord =
  | { readonly type: 'state'; readonly connected: boolean; readonly state: WatcherState | null }
  | { readonly type: 'answer'; readonly id: number; readonly error?: string }
  | { readonly type: 'log'; readonly text: string };

export interface AppProcess {
  readonly pid: number;
  /** Resolves when the watcher has answered; rejects with its sentence, or when the app ends first. */
  order(call: Order['call'], gateway?: string): Promise<void>;
  /** Ends it as a crash would; resolves with its end. */
  kill(): Promise<void>;
}

/** Starts one for a state folder; `hear` gets every word but the answers. */
export function startAppProcess(
  state: string,
  env: NodeJS.ProcessEnv,
  hear: (word: Exclude<AppWord, { type: 'answer' }>) => void,
): AppProcess {
  const child: ChildProcess = fork(join(import.meta.dirname, 'app.ts'), [state], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let over = false;
  // Our own program speaks here, in the shape of an AppWord.
  child.on('message', (word: AppWord) => {
    if (over) return;
    if (word.type !== 'answer') return hear(word);
    const one = waiting.get(word.id);
    waiting.delete(word.id);
    if (word.error === undefined) one?.resolve();
    else one?.reject(new Error(word.error));
  });
  const ended = once(child, 'exit').then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the app ended'));
    waiting.clear();
  });
  if (child.pid === undefined) throw new Error('The app did not start.');
  return {
    pid: child.pid,
    order(call, gateway = '') {
      lastId += 1;
      const order: Order = { id: lastId, call, gateway };
      return new Promise((resolve, reject) => {
        waiting.set(order.id, { resolve, reject });
        child.send(order);
      });
    },
    async kill() {
      over = true;
      child.kill('SIGKILL');
      await ended;
    },
  };
}
