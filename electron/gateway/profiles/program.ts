/**
 * From profile to process: what exactly is run. Everything that takes time (folders, environment,
 * nonce) is done here beforehand, so that a respawn is one call.
 */
import { closeSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import { clearLogName, openLogFile } from '../../files/log-file.ts';
import {
  gatewayEnvironment,
  type SpawnSpec,
  searchPathFor,
  stopPipeName,
  stopPipeVariable,
} from '../../process/index.ts';
import { createNonce } from '../ledger/nonce.ts';
import { stopBy } from '../stop/stop-request.ts';
import type { ShippedProgram, UserEnvironment } from '../types.ts';

/** Names the profile that a process belongs to, for people who inspect it. */
const profileVariable = 'HOLDFAST_PROFILE';
const portVariable = 'HOLDFAST_PORT';
const stateVariable = 'HOLDFAST_STATE';

export interface ProgramLocations {
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
export function commandLine(profile: Profile, locations: ProgramLocations): CommandLine {
  const { program } = profile;
  const { dataDir } = locations;
  if (program.type === 'remote') throw new Error(`${profile.name} runs on another machine.`);
  const own = program.args.map((arg) => fill(arg, profile, dataDir));
  if (program.type === 'command') {
    return { command: program.command, args: own, cwd: program.cwd ?? homedir() };
  }
  const { node, script, cwd } = locations.shipped();
  const port = profile.port ?? 0;
  const args = [script, '--port', String(port), '--data', dataDir, ...own];
  return { command: node, args, cwd: cwd ?? dataDir };
}

/** A start that is ready to be made, and what the user should know about it. */
export interface Prepared {
  readonly spec: SpawnSpec;
  readonly notice: Problem | null;
  /** What it was prepared with. */
  readonly user: UserEnvironment;
  /** The pipe that will tell this process to stop, when its profile asks for one. */
  readonly stopPipe: string | null;
}

/** A buffered line is missing in the log when it is searched for. */
const everyProgram: Readonly<Record<string, string>> = { PYTHONUNBUFFERED: '1' };

/** The program's environment; the profile's own variables are passed on unchanged. */
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

/**
 * Creates data and log folder and prepares the start. Throws when the shipped program is unknown.
 * `nonce`: for a process that must not be taken for the profile's gateway.
 */
export function prepare(
  profile: Profile,
  locations: ProgramLocations,
  nonce = createNonce(locations.stateRoot, profile.id),
): Prepared {
  mkdirSync(locations.dataDir, { recursive: true, mode: 0o700 });
  const { command, args, cwd } = commandLine(profile, locations);
  const own = environmentOf(profile, command, locations.user, (value) =>
    fill(value, profile, locations.dataDir),
  );
  // In the environment, not in the arguments: by those a gateway is found when its record is lost.
  const stopPipe = stopBy(profile).type === 'pipe' ? stopPipeName(nonce) : null;
  const env = {
    ...own,
    [stateVariable]: locations.stateRoot,
    [profileVariable]: profile.id,
    ...(profile.port === undefined ? {} : { [portVariable]: String(profile.port) }),
    ...(stopPipe === null ? {} : { [stopPipeVariable]: stopPipe }),
  };
  const { output, notice } = outputTo(profile, locations.logFile);
  return {
    notice,
    stopPipe,
    user: locations.user,
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
      ...(locations.user.openFiles === undefined ? {} : { openFiles: locations.user.openFiles }),
    },
  };
}

/**
 * Where the output goes. A log that can't be written is no reason to leave the gateway down. A link or a
 * pipe at its path is moved aside: a log is truncated when it grows, and what others put there is theirs.
 */
function outputTo(
  { name }: Profile,
  logFile: string,
): { readonly output: string; readonly notice: Problem | null } {
  try {
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
    const aside = clearLogName(logFile);
    closeSync(openLogFile(logFile, 'append'));
    const message = `At the path of the log of ${name} was a link or a pipe instead of a plain file. Nothing is written through it.`;
    const hint = `It is kept as ${aside}. Remove it when nothing needs it.`;
    return { output: logFile, notice: aside === null ? null : { message, hint } };
  } catch (error) {
    const why = errorText(error);
    const message = `The log of ${name} can't be written, so its output is lost: ${why}`;
    const hint = `Make ${logFile} writable, then restart the gateway.`;
    return { output: 'ignore', notice: { message, hint } };
  }
}
