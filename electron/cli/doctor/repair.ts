/** `holdfast doctor --repair`: mends what can be mended, says what was wrong and what is now. Ends no gateway. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { appVersion, ownBuildId } from '../../contract/build-info.ts';
import { sentenceOf } from '../../contract/define.ts';
import { isNewer } from '../../contract/version.ts';
import type { WatcherState } from '../../contract/watcher-contract.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { loginProgram } from '../../link/launch.ts';
import {
  describeProcess,
  type LoginEntries,
  loginEntries,
  loginEntryId,
} from '../../process/index.ts';
import { readEndpoint } from '../../rpc/endpoint.ts';
import { removeStaged, type StageSource, stageWatcher } from '../../staging/staging.ts';
import { leftoverStages } from '../../transaction/collect-staged.ts';
import { ownSettings } from '../own-settings.ts';
import { watcherRuns } from '../serving-watcher.ts';
import { survey } from '../survey.ts';
import type { Answer, Voice } from '../voice.ts';
import { ownSource, withWatcher } from '../watcher-link.ts';
import { doctor, type Repair } from './doctor.ts';
import { loginTrouble, stagesIn } from './inspect-login.ts';

/** What is wrong, and what mends it: resolves with a sentence of what is now. */
interface Trouble {
  readonly name: string;
  readonly before: string;
  mend(): Promise<string>;
}

interface OwnBuild {
  readonly buildId: string;
  readonly version: string;
}

export interface Tools {
  readonly source: StageSource;
  readonly entries: LoginEntries;
  readonly own: OwnBuild;
}

/** What doctor says afterwards; each thing that is mended is told as it is done, or is in the JSON. */
export async function repaired(
  state: StateFolder,
  json: boolean,
  voice: Voice,
  tools: Tools = {
    source: ownSource(),
    entries: loginEntries(),
    own: { buildId: ownBuildId, version: appVersion },
  },
): Promise<Answer> {
  const repairs: Repair[] = [];
  const tell = (text: string): void => (json ? undefined : voice.print(text));
  for (const look of [oldWatcher, login, leftovers]) {
    const found = await look(state, voice, tools);
    if (found === null) continue;
    tell(`WAS  ${found.before}`);
    const done = await outcome(found);
    tell(`${done.mended ? 'NOW ' : 'NOT '} ${done.after}`);
    repairs.push(done);
  }
  if (repairs.length === 0) tell('There is nothing that this command can mend.');
  return doctor(state, json, repairs);
}

async function outcome({ name, before, mend }: Trouble): Promise<Repair> {
  try {
    return { name, before, after: await mend(), mended: true };
  } catch (error) {
    return { name, before, after: sentenceOf(error), mended: false };
  }
}

type Look = (state: StateFolder, voice: Voice, tools: Tools) => Promise<Trouble | null>;

/** Silent, or of another build. Its gateways are adopted by the next one. */
const oldWatcher: Look = async (state, voice, { source, own }) => {
  if (!watcherRuns(state)) return null;
  const { watcher } = await survey(state);
  const before = watcherTrouble(watcher, own);
  if (before === null) return null;
  return {
    name: 'watcher',
    before,
    mend: () =>
      withWatcher({ state, voice, source, buildId: own.buildId }, async (link) => {
        await link.succeed();
        const pid = link.watcher()?.watcher.identity.pid;
        return `The background service of build ${own.buildId} serves (pid ${pid}). Gateways run on.`;
      }),
  };
};

/** Pure. Null: it is ours, or newer than this command. */
export function watcherTrouble(serving: WatcherState | null, own: OwnBuild): string | null {
  if (!serving) return 'The background service runs and does not answer.';
  const { buildId, version } = serving.watcher;
  if (buildId === own.buildId || isNewer(version, own.version)) return null;
  return `The background service is of build ${buildId}; this command is of ${own.buildId}.`;
}

const login: Look = async (state, _, { source, entries }) => {
  const wanted = ownSettings(state)?.startAtLogin;
  const before = wanted === undefined ? null : loginTrouble(state, wanted, entries);
  if (before === null) return null;
  const id = loginEntryId(state.root);
  return {
    name: 'login',
    before,
    async mend() {
      if (!wanted) {
        await entries.unregister(id);
        return 'The entry is removed. What it has started runs on.';
      }
      const stage = await stageWatcher(state, source);
      await entries.register(loginProgram(stage, state.root, process.env.PATH ?? ''));
      return `The entry is written anew: ${entries.file(id)}`;
    },
  };
};

const leftovers: Look = async (state, _, { source, entries }) => {
  const found = await leftoverStages(state, stagesInUse(state, source, entries));
  if (found.length === 0) return null;
  const names = found.map((folder) => path.basename(folder)).join(', ');
  return {
    name: 'staged',
    before: `Nothing needs these any more: ${names}`,
    async mend() {
      for (const folder of found) await removeStaged(folder);
      const left = found.filter((folder) => existsSync(folder));
      if (left.length > 0)
        throw new Error(`${left.join(', ')} can’t be removed. Close what uses it.`);
      return 'They are removed.';
    },
  };
};

/** Of this program, the watcher, the command line on the PATH, and the entry for the login. */
function stagesInUse(state: StateFolder, source: StageSource, entries: LoginEntries): string[] {
  const pid = readEndpoint(state)?.identity.pid;
  const watcher = pid === undefined ? undefined : describeProcess(pid);
  const launcher = textOf(state.launcher, 32 * 1024) ?? '';
  const entry = entries.says(loginEntryId(state.root)) ?? '';
  return [
    ...[source.bundle, source.runtime],
    ...(watcher ? [watcher.exe, ...watcher.argv] : []),
    ...stagesIn(launcher + entry).map((name) => path.join(state.staged, name)),
  ];
}
