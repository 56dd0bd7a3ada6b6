/**
 * The user's profiles: one JSON file each in the state folder. A profile that can't be used is refused
 * with a sentence and never changed or deleted: it is the user's work.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import {
  newestProfileSchema,
  type Profile,
  profileMaxBytes,
  profileSchema,
} from '../../contract/profile.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { FileProblem, readUntrusted, readUserText } from '../../files/untrusted-file.ts';
import { heldSockets } from '../../process/index.ts';
import { profileIssues } from './profile-issues.ts';

export interface LoadedProfiles {
  readonly profiles: Profile[];
  /** By file name. */
  readonly problems: Record<string, Problem>;
  /** The folder couldn't be read, so profiles may be missing here. */
  readonly unread?: true;
}

/** What editors, archivers and macOS put beside a file: hidden files, locks and copies. */
const notAProfile = /^[.#~]/;

/** Reads every `*.json` of the folder; a missing folder holds none. */
export function loadProfiles(folder: string): LoadedProfiles {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !notAProfile.test(name))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { profiles: [], problems: {} };
    const message = `The folder of the gateways' profiles can't be read (${codeOf(error)}).`;
    return {
      profiles: [],
      problems: { [basename(folder)]: { message, hint: `Make ${folder} readable.` } },
      unread: true,
    };
  }
  const profiles: Profile[] = [];
  const problems: Record<string, Problem> = {};
  for (const name of names) {
    const read = readProfile(join(folder, name));
    if ('problem' in read) problems[name] = read.problem;
    else profiles.push(read.profile);
  }
  return { profiles, problems };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function refuse(name: string, why: string, hint: string): { problem: Problem } {
  return { problem: { message: `${name} can’t be used: ${why}.`, hint } };
}

/** Where the parser stopped, without its own words. */
function jsonFault(said: string): string {
  const [, line, column] = /line (\d+) column (\d+)/.exec(said) ?? [];
  if (line !== undefined) return `it is not valid JSON: see line ${line}, column ${column}`;
  return /end of JSON input/.test(said)
    ? 'it is not valid JSON: its end is missing'
    : 'it is not valid JSON';
}

/** Reads one profile file as untrusted input. */
export function readProfile(path: string): { profile: Profile } | { problem: Problem } {
  const name = basename(path);
  const text = readText(path, name);
  if (typeof text !== 'string') return text;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse(name, jsonFault(errorText(error)), `Correct ${path}, or remove it.`);
  }
  const versioned = z.safeParse(z.object({ schema: z.int() }), json);
  if (versioned.success && versioned.data.schema > newestProfileSchema) {
    const why = `it was written by a newer Holdfast (format ${versioned.data.schema}, this one reads ${newestProfileSchema})`;
    return refuse(name, why, 'Update Holdfast to use it. The file is left as it is.');
  }
  const parsed = z.safeParse(profileSchema, json);
  if (!parsed.success) return refuse(name, profileIssues(parsed.error, json), `Correct ${path}.`);
  const profile = parsed.data;
  if (`${profile.id}.json` !== name) {
    return refuse(
      name,
      `its id is ${profile.id}`,
      `Rename the file to ${profile.id}.json, or correct the id.`,
    );
  }
  const missing = needsPort(profile);
  if (missing) return refuse(name, missing, `Add "port" to ${path}.`);
  const impossible = notPossibleHere(profile);
  if (impossible) return refuse(name, impossible, `Take "listen" out of ${path}.`);
  return { profile };
}

/** What a profile lacks that its own fields need; null when nothing. */
export function needsPort(profile: Profile): string | null {
  if (profile.port !== undefined) return null;
  const { readiness, liveness, status, program } = profile;
  if (program.type === 'shipped') return 'a shipped gateway needs a port';
  if (readiness.type === 'http' || readiness.type === 'tcp')
    return `readiness by ${readiness.type} needs a port`;
  if (liveness?.type === 'http') return 'liveness by http needs a port';
  return status ? 'a status address needs a port' : null;
}

/** What this system can't do for a profile; null when nothing. */
export function notPossibleHere(
  { listen }: Pick<Profile, 'listen'>,
  canPassSockets = heldSockets !== null,
): string | null {
  if (listen !== 'passed' || canPassSockets) return null;
  return '"listen": "passed" works on Linux and macOS only; a program on Windows can’t be given a listening socket at its start';
}

function readText(path: string, name: string): string | { problem: Problem } {
  try {
    const read = readUserText(path, profileMaxBytes);
    return 'text' in read ? read.text : refuse(name, read.problem, `Save ${path} as UTF-8.`);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    const hint =
      error.fault === 'unreadable'
        ? `Make ${path} readable for you.`
        : `Put the profile itself, a plain file of at most ${profileMaxBytes} bytes, in its place.`;
    return refuse(name, error.why, hint);
  }
}

/** Writes a profile durably, for the user alone. Throws the file system's error. */
export function saveProfile(folder: string, profile: Profile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurable(join(folder, `${profile.id}.json`), `${JSON.stringify(profile, null, 2)}\n`);
}

/** Answers what brings it back, its file as it was. Both throw the file system's error. */
export function removeProfile(folder: string, profile: Profile): () => void {
  const path = join(folder, `${profile.id}.json`);
  const bytes = bytesOf(path);
  rmSync(path, { force: true });
  return () => {
    if (bytes === null) saveProfile(folder, profile);
    else writeDurable(path, bytes);
  };
}

/** Null when it is not there, or is nothing that may be read. */
function bytesOf(path: string): Buffer | null {
  try {
    return readUntrusted(path, profileMaxBytes, { owner: 'any' });
  } catch (error) {
    if (error instanceof FileProblem) return null;
    throw error;
  }
}

/** A path in a profile: `{data}` stands for the gateway's data folder, and relative ones lie in it. */
export function dataPath(path: string, dataDir: string): string {
  return resolve(dataDir, path.replaceAll('{data}', dataDir));
}

/** The names of the fields that differ, never their values: a profile holds secrets. */
export function changedFields(before: Profile, after: Profile): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const one = new Map<string, unknown>(Object.entries(before));
  const other = new Map<string, unknown>(Object.entries(after));
  return [...names].filter((name) => !isDeepStrictEqual(one.get(name), other.get(name)));
}
