/**
 * What the form of a gateway holds while one types, and how a profile follows from it. A field that was
 * not changed in the form leaves its part of the profile as it is, and so does everything that the form
 * does not show.
 */
import type { ProfileCheck } from '../presets.ts';
import type { Profile, ProfileInput } from '../profile.ts';
import { hiddenValue } from '../profile-id.ts';
import { joinCommandLine, openQuote, splitCommandLine } from './command-line.ts';

export interface Variable {
  /** Tells it from the others while its name changes. */
  readonly row: number;
  readonly name: string;
  readonly value: string;
}

export interface Draft {
  /** Which fields the form has: only a command's program can be changed. */
  readonly kind: Profile['program']['type'];
  readonly name: string;
  /** The program and its arguments; or, by a shell, what that is given. */
  readonly line: string;
  readonly shell: boolean;
  readonly folder: string;
  /** Of a gateway on another machine. */
  readonly address: string;
  readonly port: string;
  readonly variables: readonly Variable[];
  /** The path of its health check. */
  readonly health: string;
  readonly policy: Profile['update']['policy'];
}

export const emptyDraft: Draft = {
  kind: 'command',
  name: '',
  line: '',
  shell: false,
  folder: '',
  address: '',
  port: '',
  variables: [],
  health: '',
  policy: 'keep',
};

const shell = '/bin/sh';

export function draftOf(profile: Profile): Draft {
  const { program, readiness, port } = profile;
  const rest: Draft = {
    ...emptyDraft,
    kind: program.type,
    name: profile.name,
    port: port === undefined ? '' : String(port),
    variables: Object.entries(profile.env).map(([name, value], row) => ({ row, name, value })),
    health: readiness.type === 'http' ? readiness.path : '',
    policy: profile.update.policy,
  };
  if (program.type === 'remote') return { ...rest, address: program.url };
  if (program.type === 'shipped') return rest;
  const { command, args, cwd = '' } = program;
  const [option, script] = args;
  if (command === shell && option === '-c' && script !== undefined && args.length === 2)
    return { ...rest, line: script, shell: true, folder: cwd };
  return { ...rest, line: joinCommandLine([command, ...args]), folder: cwd };
}

/** Whether two drafts say the same. */
export function sameDraft(one: Draft, other: Draft): boolean {
  return draftFields.every((field) => !differs(field, one, other));
}

// Object.keys knows only that they are strings.
const draftFields = Object.keys(emptyDraft) as (keyof Draft)[];

function differs(field: keyof Draft, before: Draft, now: Draft): boolean {
  if (field !== 'variables') return before[field] !== now[field];
  return JSON.stringify(environment(before)) !== JSON.stringify(environment(now));
}

/** By name; a row without one is not there yet. */
function environment({ variables }: Draft): Record<string, string> {
  const named = variables.filter(({ name, value }) => name.trim() !== '' || value !== '');
  return Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}

/** Before anything was typed. @param graceMs how long it may take to stop */
export function newProfile(id: string, graceMs: number): ProfileInput {
  return { schema: 1, id, name: '', program: { type: 'command', command: '' }, stop: { graceMs } };
}

/**
 * The profile with what was changed in the form.
 * @param before the draft of the profile when the form was opened
 * @param home the home folder, for which `~` stands
 */
export function withDraft(
  profile: ProfileInput,
  before: Draft,
  now: Draft,
  home: string,
): ProfileInput {
  const changed = (...fields: (keyof Draft)[]): boolean =>
    fields.some((field) => differs(field, before, now));
  const program = changed('line', 'shell', 'folder', 'address')
    ? programOf(profile.program, now, home)
    : profile.program;
  const next: ProfileInput = {
    ...profile,
    name: now.name.trim(),
    program,
    ...(changed('variables') ? { env: environment(now) } : {}),
    ...(changed('policy') ? { update: updateOf(profile.update, now.policy) } : {}),
  };
  const moved = changed('port') ? withPort(next, now) : next;
  if (changed('health')) return withHealth(moved, before, now);
  const hadPort = profile.port !== undefined;
  return hadPort === (moved.port !== undefined) ? moved : withReadyPort(moved);
}

type Program = ProfileInput['program'];

function programOf(program: Program, draft: Draft, home: string): Program {
  if (program.type === 'shipped') return program;
  if (program.type === 'remote') return { ...program, url: draft.address.trim() };
  const { cwd: _, ...rest } = program;
  const [command = '', ...args] = wordsOf(draft, home);
  const cwd = folderOf(draft, home);
  return { ...rest, command, args, ...(cwd === '' ? {} : { cwd }) };
}

/** The program and its arguments. */
export function wordsOf(draft: Draft, home: string): string[] {
  return draft.shell ? [shell, '-c', draft.line.trim()] : splitCommandLine(draft.line, home);
}

/** Where it runs, with `~` written out; empty: the home folder. */
export function folderOf({ folder }: Draft, home: string): string {
  return folder.trim().replace(/^~(?=[\\/]|$)/, () => home);
}

function updateOf(
  update: ProfileInput['update'],
  policy: Draft['policy'],
): NonNullable<ProfileInput['update']> {
  if (policy === 'swap' || update === undefined || update.policy === 'swap') return { policy };
  return { ...update, policy };
}

function withPort(profile: ProfileInput, draft: Draft): ProfileInput {
  const { port: _, ...rest } = profile;
  const port = draft.port.trim();
  return port === '' ? rest : { ...rest, port: Number(port) };
}

/** Without a health check it counts as ready when its port is open, or without a port as soon as it runs. */
function withReadyPort(profile: ProfileInput): ProfileInput {
  const { type = 'started' } = profile.readiness ?? {};
  if (type !== 'tcp' && type !== 'started') return profile;
  return { ...profile, readiness: { type: profile.port === undefined ? 'started' : 'tcp' } };
}

function withHealth(profile: ProfileInput, before: Draft, now: Draft): ProfileInput {
  const { liveness, readiness, ...rest } = profile;
  const path = healthPath(now);
  const asked = readiness?.type === 'http' ? readiness : null;
  const alive = liveness?.type === 'http' && liveness.path === before.health ? liveness : null;
  if (path === '') {
    const kept = { ...(liveness && !alive ? { liveness } : {}), ...(asked ? {} : { readiness }) };
    return withReadyPort({ ...rest, ...kept });
  }
  return {
    ...rest,
    readiness: { ...asked, type: 'http', path },
    liveness: liveness && !alive ? liveness : { ...alive, type: 'http', path },
  };
}

/** The path alone, also of a whole address. */
export function healthPath({ health }: Draft): string {
  const typed = health.trim();
  if (!/^https?:/.test(typed) || !URL.canParse(typed)) return typed;
  const { pathname, search } = new URL(typed);
  return pathname + search;
}

/** Whether a variable's value is the one in the profile, which the window does not know. */
export function isKept({ value }: Variable): boolean {
  return value === hiddenValue;
}

/** What the machine is asked about it. `id`: the gateway that is edited. */
export function checkOf(draft: Draft, id: string | undefined, home: string): ProfileCheck {
  const [command] =
    draft.kind === 'command' && openQuote(draft.line) === null ? wordsOf(draft, home) : [];
  const cwd = folderOf(draft, home);
  const port = /^\d{1,5}$/.test(draft.port.trim()) ? Number(draft.port) : 0;
  return {
    ...(id === undefined ? {} : { id }),
    ...(command && draft.line.trim() !== '' ? { command } : {}),
    ...(cwd === '' ? {} : { cwd }),
    ...(port >= 1 && port <= 65_535 ? { port } : {}),
  };
}
