/** Exports gateways into a file, and takes them over from one. */
import { ContractError } from '../contract/define.ts';
import type { Profile } from '../contract/profile.ts';
import { readGateways, writeGateways } from './gateway-file.ts';
import { type CommandQuestion, questionFor } from './profile-guard.ts';

export interface TransferDeps {
  /** The profiles that there are, with the values of their variables. */
  readonly profiles: () => Promise<readonly Profile[]>;
  readonly save: (profile: Profile) => Promise<unknown>;
  /** Asks the user where to save a file of this name; null: nowhere. */
  readonly askWhere: (name: string) => Promise<string | null>;
  /** The user chooses a file; null: none. */
  readonly choose: () => Promise<string | null>;
  /** Asks the user, outside the window's page, whether this is to be run. */
  readonly confirm: (question: CommandQuestion) => Promise<boolean>;
}

/**
 * @param id of the one gateway; absent: all
 * @returns what was written where; null when the user wants it nowhere
 */
export async function exportGateways(
  { profiles, askWhere }: Pick<TransferDeps, 'profiles' | 'askWhere'>,
  id: string | undefined,
): Promise<{ file: string; count: number } | null> {
  const all = await profiles();
  const wanted = id === undefined ? all : all.filter((one) => one.id === id);
  if (wanted.length === 0) throw new ContractError('There is no gateway to export.');
  const file = await askWhere(`${id ?? 'gateways'}.json`);
  if (file === null) return null;
  writeGateways(file, wanted);
  return { file, count: wanted.length };
}

/**
 * All of a file or, when the user does not agree to what they run, none.
 *
 * @returns what was added; null when the user chose no file
 */
export async function importGateways(
  deps: TransferDeps,
): Promise<{ id: string; name: string }[] | null> {
  const file = await deps.choose();
  if (file === null) return null;
  const known = await deps.profiles();
  const taken = known.map(({ id }) => id);
  const found = readGateways(file, taken);
  const questions = found.flatMap((profile) => questionFor(profile, known) ?? []);
  if (questions.length > 0 && !(await deps.confirm(together(questions)))) {
    throw new ContractError('Nothing was added: you did not agree to it.');
  }
  for (const profile of found) await deps.save(profile);
  return found.map(({ id, name }) => ({ id, name }));
}

/** One question for all of a file. */
function together(questions: readonly CommandQuestion[]): CommandQuestion {
  const [only] = questions;
  if (only && questions.length === 1) return only;
  return {
    name: questions.map(({ name }) => name).join(', '),
    lines: questions.flatMap(({ name, lines }) => [`${name}:`, ...lines.map((one) => `  ${one}`)]),
  };
}
