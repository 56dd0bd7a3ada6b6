/** The line of a command that acts to the watcher, which is started when none serves. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { appVersion, ownBuildId } from '../contract/build-info.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { createLink } from '../link/link.ts';
import { terminalEnvironment } from '../link/shell-environment.ts';
import type { Link } from '../link/types.ts';
import { systemClock } from '../process/index.ts';
import { NoAnswerError } from '../rpc/client.ts';
import type { StageSource } from '../staging/staging.ts';
import type { Voice } from './voice.ts';

/** The link ends a watcher that was silent three times; one more try finds the new one. */
const connectTries = 4;

/** What a watcher is staged from when one has to be started: this program's own folder and runtime. */
export function ownSource(): StageSource {
  return { bundle: bundleFolder(), runtime: process.execPath };
}

interface WatcherQuest {
  readonly state: StateFolder;
  readonly voice: Voice;
  readonly source: StageSource;
  /** Ours. */
  readonly buildId?: string;
}

/** Does `work` while the watcher listens. Rejects with a sentence. */
export async function withWatcher<T>(
  { state, voice, source, buildId = ownBuildId }: WatcherQuest,
  work: (link: Link) => Promise<T>,
): Promise<T> {
  const link = linkTo(state, voice, source, buildId);
  try {
    await connected(link, voice);
    return await work(link);
  } finally {
    link.close();
  }
}

function linkTo(state: StateFolder, { warn }: Voice, source: StageSource, buildId: string): Link {
  return createLink({
    state,
    source,
    version: appVersion,
    buildId,
    role: 'cli',
    environment: terminalEnvironment,
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: warn },
  });
}

/** A watcher that hangs is asked again; then the link replaces it. */
async function connected(link: Link, { warn }: Voice): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await link.connect();
      return;
    } catch (error) {
      const silent = error instanceof Error && error.cause instanceof NoAnswerError;
      if (!silent || tries === connectTries) throw error;
      warn(`${error.message} It is asked again, and replaced when it stays silent.`);
    }
  }
}

/** The folder with the bundles: this program's own, or the build's output when run from source. */
function bundleFolder(): string {
  const here = import.meta.dirname;
  if (existsSync(path.join(here, 'manifest.json'))) return here;
  return path.join(here, '..', '..', 'out', 'watcher');
}
