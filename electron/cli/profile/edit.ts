/**
 * `holdfast edit`: changes a gateway. Single fields as the window's form would; or the whole file, as a copy in an
 * editor, which is checked before it takes the old one's place.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import { describeIssues } from '../../contract/define.ts';
import { splitCommandLine } from '../../contract/draft/command-line.ts';
import { draftOf, withDraft } from '../../contract/draft/draft.ts';
import { errorText } from '../../contract/error-text.ts';
import { cliExit } from '../../contract/exit-codes.ts';
import { type Profile, profileMaxBytes, profileSchema } from '../../contract/profile.ts';
import { writeDurable } from '../../files/durable-write.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { readUntrusted } from '../../files/untrusted-file.ts';
import { readProfile } from '../../gateway/profiles/profiles.ts';
import type { Link } from '../../link/types.ts';
import { runInTerminal } from '../../process/index.ts';
import type { StageSource } from '../../staging/staging.ts';
import { CliProblem } from '../cli-problem.ts';
import { viewOf } from '../describe.ts';
import { knownOrLeft, pickGateways } from '../gateway-names.ts';
import { recordedGateway } from '../recorded-gateway.ts';
import type { EditCommand } from '../requests.ts';
import { type Ask, terminalQuestion } from '../terminal-question.ts';
import type { Voice } from '../voice.ts';
import { ownSource, withWatcher } from '../watcher-link.ts';
import { check, withFields, withRight } from './typed.ts';

/** The parts of the outside world; replaced in tests. */
export interface Desk {
  readonly ask: Ask | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly source: StageSource;
}

export async function edit(
  state: StateFolder,
  command: EditCommand,
  voice: Voice,
  desk: Desk = { ask: terminalQuestion(), env: process.env, source: ownSource() },
): Promise<number> {
  if (command.whole) return editWhole(state, command.gateway, voice, desk);
  const [chosen] = await pickGateways(state, [command.gateway]);
  if (!chosen) return cliExit.noGateway;
  return withWatcher({ state, voice, source: desk.source }, async (link) => {
    const profiles = await link.client.call('profile.list', null);
    const before = profiles.find(({ id }) => id === chosen.id);
    if (!before) throw new CliProblem(`${chosen.name} has no profile.`, cliExit.noGateway);
    const after = await edited(before, command, link, voice);
    await link.client.call('profile.save', { profile: after });
    const message = changedWords(after, 'identity' in viewOf(link, after.id).state);
    voice.print(message);
    voice.report?.({ id: after.id, name: after.name, done: true, message });
    return cliExit.ok;
  });
}

function changedWords({ id, name }: Profile, runs: boolean): string {
  const when = runs ? ` It takes effect at its next start: holdfast restart ${id}` : '';
  return `${name} was changed.${when}`;
}

async function edited(
  profile: Profile,
  command: EditCommand,
  link: Link,
  { warn }: Voice,
): Promise<Profile> {
  const before = draftOf(profile);
  const named = command.title === null ? before : { ...before, name: command.title };
  const draft = withFields(named, command);
  await check(draft, profile.id, link, warn);
  const drafted = withDraft(profile, before, draft, homedir());
  const parsed = z.safeParse(profileSchema, withRight(drafted, command.agents));
  if (parsed.success) return parsed.data;
  throw new CliProblem(
    `${profile.name} can’t be used so: ${describeIssues(parsed.error)}.`,
    cliExit.failed,
  );
}

/** The file as its user wrote it; also one that can't be used as it is. A watcher that serves hears of it. */
async function editWhole(
  state: StateFolder,
  word: string,
  voice: Voice,
  desk: Desk,
): Promise<number> {
  const fileOf = (id: string): string => path.join(state.profiles, `${id}.json`);
  const { id } = await knownOrLeft(state, word, (left) => existsSync(fileOf(left)));
  const text = textIn(fileOf(id));
  const { profile, text: after } = await editedText(id, text, desk);
  if (after === text) {
    voice.warn('Nothing was changed.');
    return cliExit.ok;
  }
  writeDurable(fileOf(id), after);
  voice.print(changedWords(profile, recordedGateway(state, profile).identity !== null));
  return cliExit.ok;
}

/** Asks again until it is right, or its user gives up, which throws. */
async function editedText(
  id: string,
  before: string,
  { ask, env }: Desk,
): Promise<{ readonly profile: Profile; readonly text: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-edit-'));
  const copy = path.join(folder, `${id}.json`);
  writeFileSync(copy, before, { mode: 0o600 });
  try {
    for (;;) {
      openEditor(copy, env);
      const read = readProfile(copy);
      if ('profile' in read) return { profile: read.profile, text: textIn(copy) };
      const { message } = read.problem;
      if (ask === null || !(await ask(`${message} Edit it again?`))) {
        throw new CliProblem(`${message} The old file stays as it is.`, cliExit.failed);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textIn(file: string): string {
  return readUntrusted(file, profileMaxBytes, { owner: 'any' }).toString('utf8');
}

function openEditor(file: string, env: Desk['env']): void {
  const fallback = process.platform === 'win32' ? 'notepad' : 'vi';
  const line = env.VISUAL || env.EDITOR || fallback;
  const [program = fallback, ...args] = splitCommandLine(line, homedir());
  let ended: boolean;
  try {
    ended = runInTerminal(program, [...args, file]);
  } catch (error) {
    throw new CliProblem(
      `The editor ${program} can’t be started (${errorText(error)}). Name another in $VISUAL.`,
      cliExit.failed,
    );
  }
  if (!ended) throw new CliProblem(`The editor ${program} failed.`, cliExit.failed);
}
