/** A Windows world for one test: Wine, and the stage in it (windows/stage.ts) that acts for us. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../electron/testing/free-port.ts';
import { runInWine } from '../../scripts/lib/wine.mjs';
import type { StageAnswer, StageCalls } from '../windows/stage-calls.ts';

export interface Stage {
  call<K extends keyof StageCalls>(
    name: K,
    input: Parameters<StageCalls[K]>[0],
  ): Promise<Awaited<ReturnType<StageCalls[K]>>>;
  /** Ends the world, with every process in it. */
  end(): Promise<void>;
}

/** Wine's first process on a busy machine. */
const startMs = 40_000;

/** Where Windows sees the world's folder. */
export const worldScript = 'Z:\\world';

/** Opens a world that sees `folder` as Z:\world. Needs a display (DISPLAY). */
export async function openStage(folder: string): Promise<Stage> {
  const port = await freePort();
  const logFile = join(folder, 'stage.log');
  const log = openSync(logFile, 'a');
  const abort = new AbortController();
  let ended: number | undefined;
  let failure: unknown;
  const ran = runInWine({
    command: 'node.exe',
    args: ['e2e/windows/stage.ts', String(port)],
    binds: { [folder]: 'world' },
    display: process.env.DISPLAY ?? '',
    out: log,
    err: log,
    signal: abort.signal,
  })
    .then(
      (code) => {
        ended = code;
      },
      (error: unknown) => {
        failure = error;
        ended = 1;
      },
    )
    .finally(() => closeSync(log));
  const call: Stage['call'] = async (name, input) => {
    const body = JSON.stringify(input);
    const response = await fetch(`http://127.0.0.1:${port}/${name}`, {
      method: 'POST',
      body,
    }).catch((error: unknown) => {
      throw failure ?? error;
    });
    // Written by the stage from the same types.
    const said = (await response.json()) as StageAnswer;
    if ('error' in said) throw new Error(`In the Windows world, ${name}: ${said.error}`);
    return said.result as never;
  };
  const deadline = performance.now() + startMs;
  while (
    !(await call('ready', null).then(
      () => true,
      () => false,
    ))
  ) {
    if (ended !== undefined || performance.now() > deadline) {
      abort.abort();
      if (failure) throw failure;
      throw new Error(`The Windows world did not open:\n${readFileSync(logFile, 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    call,
    async end() {
      abort.abort();
      await ran;
      if (failure) throw failure;
    },
  };
}
