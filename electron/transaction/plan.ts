/**
 * The plan of one update attempt: what the app intends to do, and what the watcher needs to finish it
 * alone. The app writes it once, before anything is stopped; the watcher reads it as untrusted input.
 * It names profiles by id and hash and holds no command lines: those are taken from the profiles.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { GatewayView } from '../contract/gateway.ts';
import { identitySchema } from '../contract/identity.ts';
import { type Profile, profileIdSchema } from '../contract/profile.ts';
import { attemptIdSchema } from '../contract/receipt.ts';
import { fsyncDir, writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import { bundleOf, folderNames } from './folder-names.ts';
import { launchSchema } from './launch-allow-list.ts';

/** A plan with 256 gateways is far smaller. */
export const planMaxBytes = 512 * 1024;

export const absolutePath = z.string().check(
  z.minLength(1),
  z.maxLength(4096),
  z.refine((value) => path.isAbsolute(value) && !value.includes('\0'), 'must be an absolute path'),
);
/** base64. */
export const sha512Text = z.string().check(z.regex(/^[A-Za-z0-9+/]{86}==$/));
export const milliseconds = z.int().check(z.gte(0), z.lte(3_600_000));
export const stageSchema = z.strictObject({
  bundle: absolutePath,
  runtime: absolutePath,
  buildId: z.string().check(z.minLength(1), z.maxLength(128)),
});

/** An AppImage: one file, replaced by a rename in the app itself; see installed.ts. */
const appImageSchema = z.strictObject({
  kind: z.literal('appimage'),
  /** The installed app, before and after. */
  appFile: absolutePath,
  /** base64, as in the feed. */
  appSha512: sha512Text,
  size: z.int().check(z.nonnegative()),
  /** The file that was hashed while it was written: `device:inode:size:mtime ns`. */
  fileMark: z.string().check(z.maxLength(128)),
  newFile: absolutePath,
  oldLink: absolutePath,
});

/** What the system's list of installed programs says of one. */
export const listedProgramSchema = z.strictObject({
  name: z.string().check(z.maxLength(256)),
  version: z.string().check(z.maxLength(64)),
  kilobytes: z.nullable(z.int().check(z.nonnegative())),
});

/** An installed folder as it was before the update: what comes back has to be this. */
export const oldFolderSchema = z.strictObject({
  /** Of the list of its files, which lies in the attempt's own folder. */
  listSha512: sha512Text,
  /** Of all its files. */
  bytes: z.int().check(z.nonnegative()),
  listedAs: z.nullable(listedProgramSchema),
});

/** The program in the installed folder or bundle, and which file it is before it is replaced. */
const installedProgram = {
  appFile: absolutePath,
  fileMark: z.string().check(z.maxLength(128)),
} as const;

/** A Setup program, run by the watcher when the app has ended; see folder-names.ts. */
const setupSchema = z.strictObject({
  kind: z.literal('nsis'),
  ...installedProgram,
  /** The Setup program, in the attempt's own folder. */
  setupFile: absolutePath,
  setupSha512: sha512Text,
  /** How long it may take, milliseconds. */
  installMs: milliseconds,
});

/** A zip that brings an app bundle for macOS, unpacked and put in place by the watcher; see app-bundle.ts. */
const bundleSchema = z.strictObject({
  kind: z.literal('bundle'),
  ...installedProgram,
  /** The zip, in the attempt's own folder. */
  zipFile: absolutePath,
  zipSha512: sha512Text,
});

/** The folder that was kept, put in the place of the installed one when the app has ended; see folder-names.ts. */
const keptFolderSchema = z.strictObject({
  kind: z.literal('folder'),
  ...installedProgram,
  newFolder: absolutePath,
  /** The list of its files, in the attempt's own folder, and the list's sha512. */
  newList: absolutePath,
  newListSha512: sha512Text,
  newListedAs: z.nullable(listedProgramSchema),
});

export const plannedGatewaySchema = z.strictObject({
  id: profileIdSchema,
  profileHash: z.string().check(z.maxLength(128)),
  policy: z.enum(['keep', 'swap', 'release']),
  /** It served before the update, so it has to serve afterwards. */
  wasRunning: z.boolean(),
  /**
   * The user wants it to run: it is in the receipt, and supervised as before when the update is over,
   * whatever its state was. Absent in plans of earlier versions: there, what served was wanted.
   */
  wanted: z.optional(z.boolean()),
  identity: z.nullable(identitySchema),
  build: z.nullable(z.string()),
});
export type PlannedGateway = z.infer<typeof plannedGatewaySchema>;

const planSchema = z.strictObject({
  schema: z.literal(1),
  attempt: attemptIdSchema,
  /** Fencing token of the plan's writer; a process that takes over writes with a higher one. */
  token: z.int().check(z.positive()),
  createdAt: z.number(),
  fromVersion: z.string(),
  toVersion: z.string(),
  fromBuild: z.string(),
  /** Null with a Setup program: known only once it has installed. */
  toBuild: z.nullable(z.string()),
  /** The app that wrote it; until it hands over, it alone touches the app's files. */
  app: identitySchema,
  expected: z.discriminatedUnion('kind', [
    appImageSchema,
    setupSchema,
    bundleSchema,
    keptFolderSchema,
  ]),
  /** The name under which the new file is signed. Absent in plans of versions before signed releases. */
  signedAs: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  /** The new file is the version that was kept: what was installed before is told by its record, not by a signature. */
  isReturn: z.optional(z.literal(true)),
  currentStage: stageSchema,
  /** Null with a Setup program: the watcher stages it from what was installed. */
  nextStage: z.nullable(stageSchema),
  gateways: z.array(plannedGatewaySchema).check(z.maxLength(256)),
  launch: launchSchema,
  soakMs: milliseconds,
  /** How long its user has to keep the new version, from when everything is back; absent: it stays unasked. */
  confirmMs: z.optional(milliseconds),
  budgets: z.strictObject({
    /** How long the app may take to end after the hand-over. */
    appExitMs: milliseconds,
    /** How long a gateway may take to prove itself, beyond its own start timeout. */
    proveMs: milliseconds,
    /** How long the new app may take until its window is up. */
    appStartMs: milliseconds,
  }),
});
export type Plan = z.infer<typeof planSchema>;
export type AppImageInstall = z.infer<typeof appImageSchema>;
export type OldFolder = z.infer<typeof oldFolderSchema>;
export type SetupInstall = z.infer<typeof setupSchema>;
export type BundleInstall = z.infer<typeof bundleSchema>;
export type KeptFolderInstall = z.infer<typeof keptFolderSchema>;

/**
 * The file that the update brings, where it lies before it is installed, and its sha512 in base64. Of a folder it is
 * the list of its files.
 */
export function newFileOf({ expected }: Pick<Plan, 'expected'>): { file: string; sha512: string } {
  switch (expected.kind) {
    case 'appimage':
      return { file: expected.newFile, sha512: expected.appSha512 };
    case 'nsis':
      return { file: expected.setupFile, sha512: expected.setupSha512 };
    case 'bundle':
      return { file: expected.zipFile, sha512: expected.zipSha512 };
    case 'folder':
      return { file: expected.newList, sha512: expected.newListSha512 };
  }
}

/** Writes the plan durably, in a new folder. Throws the system's error. */
export function writePlan(state: StateFolder, plan: Plan): void {
  const files = state.attempt(plan.attempt);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  fsyncDir(state.updates);
  writeDurable(files.plan, `${JSON.stringify(z.parse(planSchema, plan), null, 2)}\n`);
}

/**
 * Reads an attempt's plan. Throws a FileProblem, or a sentence when it names another attempt or files
 * that an update may not touch.
 */
export function readPlan(state: StateFolder, attempt: string): Plan {
  const file = state.attempt(z.parse(attemptIdSchema, attempt)).plan;
  const plan = readUntrustedJson(file, planSchema, planMaxBytes);
  if (plan.attempt !== attempt) throw new Error(`${file} belongs to another update.`);
  checkTouched(state, plan, file);
  if (plan.launch.file !== plan.expected.appFile) {
    throw new Error(`${file} would start another program than the updated one.`);
  }
  for (const stage of [plan.currentStage, plan.nextStage]) {
    if (stage === null) continue;
    for (const folder of [stage.bundle, path.dirname(stage.runtime)]) {
      if (path.dirname(folder) !== state.staged) {
        throw new Error(`${file} names a staged folder outside ${state.staged}: ${folder}.`);
      }
    }
  }
  return plan;
}

/** Files that the update writes, runs or removes must be where an update's files are. */
function checkTouched(state: StateFolder, plan: Plan, file: string): void {
  const { expected } = plan;
  if (expected.kind === 'appimage') checkImageInstall(expected, file);
  else checkFolderInstall(state, plan.attempt, expected, file);
}

function checkImageInstall({ appFile, newFile, oldLink }: AppImageInstall, file: string): void {
  for (const beside of [newFile, oldLink]) {
    if (path.dirname(beside) !== path.dirname(appFile) || !path.basename(beside).startsWith('.')) {
      throw new Error(`${file} names a file that an update may not touch: ${beside}.`);
    }
  }
}

function checkFolderInstall(
  state: StateFolder,
  attempt: string,
  expected: SetupInstall | BundleInstall | KeptFolderInstall,
  file: string,
): void {
  const { place: folder, kept } = folderNames(expected.appFile);
  const own = state.attempt(attempt).folder;
  if (expected.kind === 'nsis' && path.dirname(expected.setupFile) !== own) {
    throw new Error(`${file} names a program that an update may not run: ${expected.setupFile}.`);
  }
  if (expected.kind === 'bundle' && path.dirname(expected.zipFile) !== own) {
    throw new Error(`${file} names an archive that is not its own: ${expected.zipFile}.`);
  }
  if (expected.kind === 'bundle' && bundleOf(expected.appFile) === null) {
    throw new Error(`${file} would replace ${folder}, which is no app bundle.`);
  }
  if (expected.kind === 'folder' && expected.newFolder !== kept) {
    throw new Error(
      `${file} names a folder that an update may not install: ${expected.newFolder}.`,
    );
  }
  if (expected.kind === 'folder' && path.dirname(expected.newList) !== own) {
    throw new Error(`${file} names a list that is not its own: ${expected.newList}.`);
  }
  if (sharesPrefix(folder, state.root)) {
    throw new Error(
      `${file} would replace ${folder}, where Holdfast’s background service runs from.`,
    );
  }
}

/**
 * True when `file` begins like `folder`: a Setup program ends every program whose path does, also
 * `…\Holdfast-data` for `…\Holdfast`, and without regard to case.
 */
export function sharesPrefix(folder: string, file: string): boolean {
  return path.resolve(file).toLowerCase().startsWith(path.resolve(folder).toLowerCase());
}

/** A gateway as it is before an update; `view` is undefined for one that is not supervised. */
export function plannedGateway(profile: Profile, view: GatewayView | undefined): PlannedGateway {
  const state = view?.state;
  const serves = state?.status === 'running' || state?.status === 'degraded';
  return {
    id: profile.id,
    profileHash: profileHash(profile),
    policy: profile.update.policy,
    // A gateway that does not serve before the update need not serve after it.
    wasRunning: serves,
    wanted: view?.desired === 'running',
    identity: serves ? state.identity : null,
    build: view?.build ?? null,
  };
}

/**
 * Names the profile that a plan was made for: sha256 (hex) over its content with the keys sorted, so
 * the same however it is written down.
 */
export function profileHash(profile: Profile): string {
  return createHash('sha256').update(canonical(profile)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`);
  return `{${entries.join(',')}}`;
}
