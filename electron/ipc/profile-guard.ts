/**
 * What the window may know of profiles and do with them. It shows text of gateways and servers, so it is
 * not trusted like the user: it never gets the values of variables (keys, passwords), and the user
 * confirms every new command in a dialog of the system.
 */
import { isDeepStrictEqual } from 'node:util';
import { ContractError } from '../contract/define.ts';
import { plainText } from '../contract/plain-text.ts';
import type { PresetView } from '../contract/presets.ts';
import type { Profile } from '../contract/profile.ts';
import { hiddenValue } from '../contract/profile-id.ts';

export interface CommandQuestion {
  readonly name: string;
  /** What would be run, a line each, without characters that mislead. */
  readonly lines: readonly string[];
}

export function withoutValues(profile: Profile): Profile {
  const names = Object.keys(profile.env);
  return { ...profile, env: Object.fromEntries(names.map((name) => [name, hiddenValue])) };
}

export function offersWithoutValues(views: readonly PresetView[]): PresetView[] {
  return views.map((view) => ({
    ...view,
    found: view.found.map((one) => ({ ...one, profile: withoutValues(one.profile) })),
  }));
}

/** The profile with its hidden values filled in from `known`. Throws a sentence for one that is not there. */
export function withValues(profile: Profile, known: Profile | undefined): Profile {
  const values = Object.entries(profile.env).map(([name, value]) => {
    if (value !== hiddenValue) return [name, value] as const;
    const kept = known && Object.hasOwn(known.env, name) ? known.env[name] : undefined;
    if (kept === undefined)
      throw new ContractError(`The variable ${name} has no value yet. Type one.`);
    return [name, kept] as const;
  });
  return { ...profile, env: Object.fromEntries(values) };
}

/** The part of a profile that decides which programs run, and which files are written or removed. */
function decisive({ program, env, update, stop, lock }: Profile): unknown {
  return { program, env, update, stopBy: stop.by, lock };
}

/** Every command line in this part of a profile, at any depth: what it is for says the profile. */
function commandsIn(part: unknown): string[][] {
  if (typeof part !== 'object' || part === null) return [];
  const nested = Object.values(part).flatMap(commandsIn);
  if (!('command' in part) || typeof part.command !== 'string') return nested;
  const args = 'args' in part && Array.isArray(part.args) ? part.args.map(String) : [];
  return [[part.command, ...args], ...nested];
}

/** What must be confirmed before `next` is saved; null when it runs only what `known` runs already. */
export function questionFor(next: Profile, known: readonly Profile[]): CommandQuestion | null {
  if (known.some((one) => isDeepStrictEqual(decisive(one), decisive(next)))) return null;
  const { program, env, update } = next;
  const commands = commandsIn(update);
  const isOwn =
    program.type === 'remote' || (program.type === 'shipped' && program.args.length === 0);
  const names = Object.keys(env);
  if (isOwn && names.length === 0 && commands.length === 0 && next.stop.by === undefined)
    return null;
  const lines = [
    ...(program.type === 'command'
      ? [[program.command, ...program.args].map(quoted).join(' ')]
      : []),
    ...(program.type === 'command' && program.cwd ? [`in ${program.cwd}`] : []),
    ...(program.type === 'shipped'
      ? [`the gateway that ships with Holdfast ${program.args.map(quoted).join(' ')}`]
      : []),
    ...commands.map((words) => `at an update: ${words.map(quoted).join(' ')}`),
    ...(names.length > 0 ? [`with the variables ${names.join(', ')}`] : []),
  ];
  return { name: plainText(next.name), lines: lines.map(plainText) };
}

/** For a form as it was filled in; its profile is made outside the window. */
export function questionForForm(values: Readonly<Record<string, string>>): CommandQuestion {
  const { name = '', ...others } = values;
  const lines = Object.entries(others).filter(([, value]) => value.trim() !== '');
  return {
    name: plainText(name),
    lines: lines.map(([field, value]) => plainText(`${field}: ${value}`)),
  };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word);
}
