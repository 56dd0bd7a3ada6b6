/**
 * What is started in a rehearsal: the profile, with another port, other data and perhaps another
 * program. Pure.
 */
import type { Profile } from '../../contract/profile.ts';
import type { Rehearsal } from '../../contract/profile-update.ts';

/** Set to 1 in the environment of everything that a rehearsal starts. */
export const rehearsalVariable = 'HOLDFAST_REHEARSAL';

export interface Surroundings {
  /** A free one; undefined for a profile without a port. */
  readonly port: number | undefined;
  /** The folder for a new version. */
  readonly candidate: string;
  /** The copies of what the profile's rehearsal names, in its order. */
  readonly copies: readonly string[];
  /** How long it may take until ready, milliseconds. */
  readonly limitMs: number;
}

/** How the profile wants its new version tried; undefined when it does not say. */
export function rehearsalOf({ update }: Profile): Rehearsal | undefined {
  return update.policy === 'swap' ? undefined : update.rehearsal;
}

/** True when a new version of this gateway can be tried beside the running one. */
export function canRehearse(profile: Profile): boolean {
  return profile.program.type === 'shipped' || rehearsalOf(profile) !== undefined;
}

/** The profile of the process that is tried; `{port}` and `{data}` are filled in with those of every start. */
export function rehearsalProfile(profile: Profile, around: Surroundings): Profile {
  const rehearsal = rehearsalOf(profile) ?? {};
  const fill = (text: string): string => filled(text, around);
  const env = { ...profile.env, ...rehearsal.env };
  const { port: _port, ...rest } = profile;
  return {
    ...rest,
    ...(around.port === undefined ? {} : { port: around.port }),
    program: programOf(profile, rehearsal, fill),
    env: {
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
      [rehearsalVariable]: '1',
    },
    readiness: readinessOf(profile),
    startTimeoutMs: around.limitMs,
  };
}

/** A command of a rehearsal, with its placeholders filled in. */
export function filled(text: string, { candidate, copies }: Surroundings): string {
  return text
    .replaceAll('{candidate}', candidate)
    .replace(/\{data:(\d+)\}/g, (whole, at: string) => copies[Number(at)] ?? whole);
}

function programOf(
  { program }: Profile,
  { command, args, cwd }: Rehearsal,
  fill: (text: string) => string,
): Profile['program'] {
  if (program.type === 'remote') return program;
  const filledArgs = (args ?? (command === undefined ? program.args : [])).map(fill);
  if (command === undefined && program.type === 'shipped') return { ...program, args: filledArgs };
  const own = program.type === 'command' ? program : undefined;
  const folder = cwd ?? own?.cwd;
  return {
    type: 'command',
    command: fill(command ?? own?.command ?? ''),
    args: filledArgs,
    ...(folder === undefined ? {} : { cwd: fill(folder) }),
  };
}

/** To run is no answer: a gateway that is asked whether it lives is asked here too. */
function readinessOf({ readiness, liveness }: Profile): Profile['readiness'] {
  if (readiness.type !== 'started' || !liveness) return readiness;
  if (liveness.type === 'control-socket') {
    return { type: 'control-socket', path: liveness.path, verb: liveness.verb };
  }
  const { path, expect } = liveness;
  return { type: 'http', path, ...(expect ? { expect } : {}) };
}
