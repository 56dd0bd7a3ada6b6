/** The contract of a gateway's own update with a system that binds processes by their session. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { platform } from '../../process/platform.ts';
import { until } from '../../testing/processes.ts';
import { keepsTheContract } from '../../testing/update-contract.ts';

/** App, watcher and three gateways, on a busy machine. */
const startMs = 60_000;

const sessionOf = (pid: number): number => platform.facts(pid).session;

describe('the update of a gateway, on a system without jobs', () => {
  keepsTheContract({
    way: { rung: 'setsid', title: 'command and gateways are started into sessions of their own' },
    startApp: async (work, words) => {
      const answer = join(work.folder, 'answer.json');
      const { identity: app } = work.run('', { args: [...words, answer] });
      const text = await until(() => readText(answer), 'the answer of the app', startMs);
      return { ...JSON.parse(text), app };
    },
    endApp: (app) => void platform.signal(app, 'SIGKILL'),
    bind: () => {},
    isBound: (one, watcher) => sessionOf(one.pid) === sessionOf(watcher.pid),
    close: () => {},
  });
});

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
