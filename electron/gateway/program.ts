/**
 * From profile to process: what exactly is run. Everything that takes time (folders, environment,
 * nonce) is done here beforehand, so that a respawn is one call.
 */
import { closeSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import {
  clearLogPlace,
  gatewayEnvironment,
  openLogFile,
  type SpawnSpec,
  searchPathFor,
  stopPipeName,
  stopPipeVariable,
} from '../process/index.ts';
import { createNonce } from './nonce.ts';
import { stopBy } from './stop-request.ts';
import type { ShippedProgram, UserEnvironment } from './types.ts';

/** Names the profile a process belongs to, for people who look at it. */
const profileVariable = 'HOLDFAST_PROFILE';
const portVariable = 'HOLDFAST_PORT';
const stateVariable = 'HOLDFAST_STATE';

export interface ProgramPlaces {
  readonly shipped: () => ShippedProgram;
  readonly dataDir: string;
  readonly logFile: string;
  readonly stateRoot: string;
  readonly user: UserEnvironment;
}

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

function fill(text: string, profile: Profile, dataDir: string): string {
  return text.replaceAll('{port}', String(profile.port ?? '')).replaceAll('{data}', dataDir);
}

/** The command line of a profile; `{port}` and `{data}` in arguments stand for its port and data folder. */
export function commandLine(profile: Profile, places: ProgramPlaces): CommandLine {
  const { program } = profile;
  const { dataDir } = places;
  if (program.type === 'remote') throw new Error(`${profile.name} runs on another machine.`);
  const own = program.args.map((arg) => fill(arg, profile, dataDir));
  if (program.type === 'command') {
    return { command: program.command, args: own, cwd: program.cwd ?? homedir() };
  }
  const { node, script, cwd } = places.shipped();
  const port = profile.port ?? 0;
  const args = [script, '--port', String(port), '--data', dataDir, ...own];
  return { command: node, args, cwd: cwd ?? dataDir };
}

/** A start that only waits to be made, and what the user should know about it. */
export interface Prepared {
  readonly spec: SpawnSpec;
  readonly notice: Problem | null;
  /** What it was prepared with. */
  readonly user: UserEnvironment;
  /** Where this process will hear that it should stop, when by a pipe. */
  readonly stopPipe: string | null;
}

/** A buffered line is one that is not in the log when it is looked for. */
const everyProgram: Readonly<Record<string, string>> = { PYTHONUNBUFFERED: '1' };

/** What the program sees; the profile's own variables are passed on as they are. */
function environmentOf(
  { program, env: own }: Profile,
  command: string,
  user: UserEnvironment,
  filled: (value: string) => string,
): Record<string, string> {
  const set = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, filled(value)]));
  const env: Record<string, string> = { ...everyProgram, ...gatewayEnvironment(process.env, set) };
  const isPath = (name: string): boolean => name === 'PATH' || name === 'Path';
  if (program.type !== 'command' || Object.keys(set).some(isPath)) return env;
  const name = Object.keys(env).find(isPath) ?? 'PATH';
  const path = searchPathFor(command, user.path ?? env[name] ?? '');
  return { ...env, ...(path === '' ? {} : { [name]: path }) };
}

/** Makes data and log folder and puts the start together. Throws when the shipped program is unknown. */
export function prepare(profile: Profile, places: ProgramPlaces): Prepared {
  mkdirSync(places.dataDir, { recursive: true, mode: 0o700 });
  const { command, args, cwd } = commandLine(profile, places);
  const own = environmentOf(profile, command, places.user, (value) =>
    fill(value, profile, places.dataDir),
  );
  const nonce = createNonce(places.stateRoot, profile.id);
  // In the environment, not among the arguments: those tell a gateway whose record is lost.
  const stopPipe = stopBy(profile).type === 'pipe' ? stopPipeName(nonce) : null;
  const env = {
    ...own,
    [stateVariable]: places.stateRoot,
    [profileVariable]: profile.id,
    ...(profile.port === undefined ? {} : { [portVariable]: String(profile.port) }),
    ...(stopPipe === null ? {} : { [stopPipeVariable]: stopPipe }),
  };
  const { output, notice } = openable(profile, places.logFile);
  return {
    notice,
    stopPipe,
    user: places.user,
    spec: {
      kind: 'gateway',
      command,
      args,
      cwd,
      env,
      stdout: output,
      stderr: output,
      stdin: 'ignore',
      nonce,
      escape: 'session',
      ...(places.user.openFiles === undefined ? {} : { openFiles: places.user.openFiles }),
    },
  };
}

/**
 * Where the output goes. A log that can't be written is no reason to leave the gateway down; a link or a
 * pipe in its place is moved aside, because a log is cut when it grows, and what others put there is theirs.
 */
function openable(
  { name }: Profile,
  logFile: string,
): { readonly output: string; readonly notice: Problem | null } {
  try {
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
    const aside = clearLogPlace(logFile);
    closeSync(openLogFile(logFile, 'append'));
    const message = `In the place of the log of ${name} was no plain file but a link or a pipe, which is not written through.`;
    const hint = `It is kept as ${aside}. Remove it when nothing needs it.`;
    return { output: logFile, notice: aside === null ? null : { message, hint } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The log of ${name} can't be written, so its output is lost: ${why}`;
    const hint = `Make ${logFile} writable, then restart the gateway.`;
    return { output: 'ignore', notice: { message, hint } };
  }
}
