/** Which gateways are meant: by the name that the window shows or by the id, in any case, and shortened. */
import * as z from 'zod/mini';
import { cliExit } from '../contract/exit-codes.ts';
import { profileIdSchema } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { CliProblem } from './cli-problem.ts';
import type { Gateways } from './requests.ts';
import { findWatcher } from './serving-watcher.ts';
import { folded, nearest } from './suggest.ts';

export interface Known {
  readonly id: string;
  readonly name: string;
}

/** A sentence names no more than these. */
const maxListed = 10;

/**
 * The gateways that are meant, each once. Starts nothing: a watcher that serves is asked only about a
 * name that no profile has. Rejects with a sentence.
 */
export async function pickGateways(
  state: StateFolder,
  wanted: Gateways,
): Promise<readonly Known[]> {
  const { profiles, problems } = loadProfiles(state.profiles);
  if (wanted === 'all') {
    if (profiles.length > 0) return profiles;
    throw new CliProblem(noneYet, cliExit.noGateway);
  }
  let known: readonly Known[] = profiles;
  if (wanted.some((word) => typeof findGateway(word, known) === 'string')) {
    known = [...profiles, ...(await servedBeside(state, profiles))];
  }
  const picked = new Map<string, Known>();
  for (const word of wanted) {
    const found = findGateway(word, known);
    if (typeof found === 'string') {
      const refused = problems[`${word}.json`];
      const why = refused ? [refused.message, refused.hint].filter(Boolean).join(' ') : found;
      throw new CliProblem(why, cliExit.noGateway);
    }
    picked.set(found.id, found);
  }
  return [...picked.values()];
}

/** Also one that was removed from Holdfast, by its id, as long as `isLeft` finds something of it. */
export async function knownOrLeft(
  state: StateFolder,
  word: string,
  isLeft: (id: string) => boolean,
): Promise<Known> {
  try {
    const [found] = await pickGateways(state, [word]);
    if (found) return found;
  } catch (error) {
    if (!(z.safeParse(profileIdSchema, word).success && isLeft(word))) throw error;
  }
  return { id: word, name: word };
}

/** What a watcher still runs by a profile that can no longer be read. */
async function servedBeside(state: StateFolder, profiles: readonly Known[]): Promise<Known[]> {
  try {
    const connection = await findWatcher(state);
    if (!connection) return [];
    try {
      const { gateways } = (await connection.call('subscribe', null)).state;
      return Object.values(gateways).filter(({ id }) => profiles.every((one) => one.id !== id));
    } finally {
      connection.close();
    }
  } catch {
    // It does not answer: what is on the disk decides.
    return [];
  }
}

/** The one that `word` means, or a sentence. Pure. */
export function findGateway(word: string, known: readonly Known[]): Known | string {
  const wanted = folded(word.trim());
  const byId = known.find(({ id }) => id === wanted);
  if (byId) return byId;
  const byName = known.filter(({ name }) => folded(name) === wanted);
  const begin = known.filter((one) =>
    [one.id, folded(one.name)].some((text) => text.startsWith(wanted)),
  );
  const candidates = byName.length > 0 || wanted === '' ? byName : begin;
  const [found, ...others] = candidates;
  if (found && others.length === 0) return found;
  if (found) return `"${word}" could be ${inWords(candidates, 'or')}. Use its id.`;
  if (known.length === 0) return noneYet;
  const meant = nearest(
    word,
    known.flatMap(({ id, name }) => [id, name]),
  );
  const ask = meant === null ? '' : ` Did you mean "${meant}"?`;
  return `There is no gateway called "${word}".${ask} Known: ${inWords(known, 'and')}.`;
}

const noneYet =
  'There are no gateways yet. Add one in Holdfast’s window, or here: holdfast help add';

/** `Hermes (hermes-2)`; a name that says the id is enough. */
function label({ id, name }: Known): string {
  return folded(name) === id ? name : `${name} (${id})`;
}

function inWords(gateways: readonly Known[], last: 'and' | 'or'): string {
  const listed = gateways.slice(0, maxListed).map(label);
  const left = gateways.length - listed.length;
  const all = left > 0 ? [...listed, `${left} more`] : listed;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1)}`;
}
