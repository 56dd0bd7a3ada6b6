/**
 * The user's profiles: one JSON file each in the state folder. What can't be used is refused with a
 * sentence and never changed or deleted: it is the user's work.
 */

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { describeIssues } from '../contract/define.ts';
import type { Problem } from '../contract/gateway.ts';
import {
  PROFILE_MAX_BYTES,
  PROFILE_SCHEMA,
  type Profile,
  profileSchema,
} from '../contract/profile.ts';
import { FileProblem, readUntrusted } from '../files/untrusted-file.ts';
import { decodeUserText, writeDurable } from '../process/index.ts';

export interface LoadedProfiles {
  readonly profiles: Profile[];
  /** By file name. */
  readonly problems: Record<string, Problem>;
  /** The folder couldn't be read: what is missing here may be there. */
  readonly unread?: true;
}

/** What editors, archivers and macOS put beside a file: hidden files, locks and copies of their own. */
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
  return { problem: { message: `The profile ${name} is not used: ${why}.`, hint } };
}

/** One profile file, read as hostile input. */
export function readProfile(path: string): { profile: Profile } | { problem: Problem } {
  const name = basename(path);
  const text = readText(path, name);
  if (typeof text !== 'string') return text;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(name, `it is not valid JSON (${why})`, `Correct ${path}, or remove it.`);
  }
  const versioned = z.safeParse(z.object({ schema: z.int() }), json);
  if (versioned.success && versioned.data.schema > PROFILE_SCHEMA) {
    const why = `it was written by a newer Holdfast (format ${versioned.data.schema}, this one reads ${PROFILE_SCHEMA})`;
    return refuse(name, why, 'Update Holdfast to use it. The file is left as it is.');
  }
  const parsed = z.safeParse(profileSchema, json);
  if (!parsed.success) return refuse(name, describeIssues(parsed.error), `Correct ${path}.`);
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

function readText(path: string, name: string): string | { problem: Problem } {
  try {
    const read = decodeUserText(readUntrusted(path, PROFILE_MAX_BYTES, { owner: 'any' }));
    return 'text' in read ? read.text : refuse(name, read.problem, `Save ${path} as UTF-8.`);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    const hint =
      error.fault === 'unreadable'
        ? `Make ${path} readable for you.`
        : `Put the profile itself, a plain file of at most ${PROFILE_MAX_BYTES} bytes, in its place.`;
    return refuse(name, error.why, hint);
  }
}

/** Writes a profile durably, for the user alone. Throws what the file system says. */
export function saveProfile(folder: string, profile: Profile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurable(join(folder, `${profile.id}.json`), `${JSON.stringify(profile, null, 2)}\n`);
}

export function removeProfile(folder: string, id: string): void {
  rmSync(join(folder, `${id}.json`), { force: true });
}
