/**
 * Reads which version of a gateway is installed, and which is the newest, as its profile says how
 * (`update.version`, `update.check`). What comes back is foreign text: only a version is taken from it.
 */
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { Profile } from '../../contract/profile.ts';
import type { InstalledSource, NewestSource } from '../../contract/profile-version.ts';
import { readUntrusted } from '../../files/untrusted-file.ts';
import { Addresses } from '../probes/addresses.ts';
import { type Answer, ask } from '../probes/http.ts';
import { dataPath } from '../profiles/profiles.ts';
import { askAddress } from './ask-address.ts';
import { askCommand, type CommandQuestion } from './ask-command.ts';
import { findVersion } from './find-version.ts';

export type VersionQuestion = CommandQuestion;

/** A gateway that serves answers at once; one that has just started may be busy. */
const answerTimeoutMs = 10_000;
/** A package.json, a version file. */
const maxFileBytes = 1024 * 1024;

/** How the installed version is read; undefined when the profile does not say. */
export function installedSourceOf({ update }: Profile): InstalledSource | undefined {
  return update.policy === 'swap' ? undefined : update.version;
}

/** What names the newest version; undefined when the profile does not say. */
export function newestSourceOf({ update }: Profile): NewestSource | undefined {
  return update.policy === 'swap' ? undefined : update.check;
}

/** The version that is installed. Rejects with a ContractError whose message is a sentence. */
export async function readInstalledVersion(
  profile: Profile,
  question: VersionQuestion,
): Promise<string> {
  const source = installedSourceOf(profile);
  const what = `The version of ${profile.name} is not known`;
  if (!source) throw new ContractError(`${what}: its profile has no "update.version".`);
  const texts = await explained(what, () => installedTexts(profile, source, question));
  return versionIn(texts, source.field, what);
}

/** The newest version there is. Rejects with a ContractError whose message is a sentence. */
export async function readNewestVersion(
  profile: Profile,
  question: VersionQuestion,
): Promise<string> {
  const source = newestSourceOf(profile);
  const what = `The newest version of ${profile.name} is not known`;
  if (!source) throw new ContractError(`${what}: its profile has no "update.check".`);
  const texts = await explained(what, async () =>
    source.type === 'command'
      ? askCommand(profile, source, question)
      : [await askAddress(source.url, question)],
  );
  return versionIn(texts, source.field, what);
}

async function installedTexts(
  profile: Profile,
  source: InstalledSource,
  question: VersionQuestion,
): Promise<readonly string[]> {
  switch (source.type) {
    case 'command':
      return askCommand(profile, source, question);
    case 'file': {
      const file = dataPath(source.path, question.dataDir);
      return [
        readUntrusted(file, maxFileBytes, { links: 'follow', owner: 'any' }).toString('utf8'),
      ];
    }
    case 'http':
      return [await answerAt(profile, source.path, question)];
  }
}

async function answerAt(
  profile: Profile,
  path: string,
  { clock }: VersionQuestion,
): Promise<string> {
  const { port = 0, https } = profile;
  const host = new Addresses(profile).current;
  const answer = await ask(path, { host, port, https, timeoutMs: answerTimeoutMs, clock });
  if (answer.type === 'answer' && answer.status === 200) return answer.body;
  throw new ContractError(`It ${clauseOf(answer)} at ${path} on port ${port}.`);
}

function clauseOf(answer: Answer): string {
  switch (answer.type) {
    case 'answer':
      return `answers ${answer.status}`;
    case 'other':
      return answer.clause;
    case 'refused':
      return 'does not listen';
    case 'silent':
      return 'does not answer';
  }
}

async function explained<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new ContractError(`${what}: ${errorText(error)}`);
  }
}

function versionIn(texts: readonly string[], field: string | undefined, what: string): string {
  for (const text of texts) {
    const found = findVersion(text, field);
    if (found !== null) return found;
  }
  const where = field === undefined ? 'the answer' : `"${field}" of the answer`;
  throw new ContractError(`${what}: there is no version in ${where}.`);
}
