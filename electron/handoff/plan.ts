/**
 * The plan of one update attempt: what the app means to do and what the watcher needs to finish it
 * alone. Written once, before anything is stopped; read by the watcher as hostile input. It names
 * profiles by id and hash and carries no command lines: those are derived anew from the profiles.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { identitySchema } from '../contract/identity.ts';
import { profileIdSchema } from '../contract/profile.ts';
import { attemptIdSchema } from '../contract/receipt.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import { fsyncDir, writeDurable } from '../process/index.ts';
import { sharesPrefix } from './installed-folder.ts';
import { launchSchema } from './launch-allow-list.ts';
import type { StateFolder } from './state-folder.ts';

/** A plan with 256 gateways stays far below. */
const PLAN_MAX_BYTES = 512 * 1024;

const absolutePath = z.string().check(
  z.minLength(1),
  z.maxLength(4096),
  z.refine((value) => path.isAbsolute(value) && !value.includes('\0'), 'must be an absolute path'),
);
/** base64. */
const sha512 = z.string().check(z.regex(/^[A-Za-z0-9+/]{86}==$/));
const milliseconds = z.int().check(z.gte(0), z.lte(3_600_000));
export const stageSchema = z.strictObject({
  bundle: absolutePath,
  runtime: absolutePath,
  buildId: z.string().check(z.minLength(1), z.maxLength(128)),
});

/** An AppImage: one file, replaced by a rename in the app itself; see installed-file.ts. */
const appImageSchema = z.strictObject({
  kind: z.literal('appimage'),
  /** What must be there after the installation, and where the old one waits. */
  appFile: absolutePath,
  /** base64, as in the feed. */
  appSha512: sha512,
  size: z.int().check(z.nonnegative()),
  /** The very file that was hashed while it was written: `device:inode:size:mtime ns`. */
  fileMark: z.string().check(z.maxLength(128)),
  newFile: absolutePath,
  oldLink: absolutePath,
});

/** A Setup program, run by the watcher when the app has ended; see installed-folder.ts. */
const setupSchema = z.strictObject({
  kind: z.literal('nsis'),
  /** The program in the installed folder, and which file it is before the installation. */
  appFile: absolutePath,
  fileMark: z.string().check(z.maxLength(128)),
  /** The Setup program, in the attempt's own folder. */
  setupFile: absolutePath,
  setupSha512: sha512,
  /** How long it may take, milliseconds. */
  installMs: milliseconds,
});

const plannedGatewaySchema = z.strictObject({
  id: profileIdSchema,
  profileHash: z.string().check(z.maxLength(128)),
  policy: z.enum(['keep', 'swap', 'release']),
  /** It served, so it has to serve afterwards. */
  wasRunning: z.boolean(),
  /**
   * The user wants it to run: it is in the receipt and looked after as ever when the update is over,
   * whatever it was before. Absent in plans of earlier versions: what served was wanted.
   */
  wanted: z.optional(z.boolean()),
  identity: z.nullable(identitySchema),
  build: z.nullable(z.string()),
});
export type PlannedGateway = z.infer<typeof plannedGatewaySchema>;

const planSchema = z.strictObject({
  schema: z.literal(1),
  attempt: attemptIdSchema,
  /** Fencing token of the plan's writer; whoever takes over writes with a higher one. */
  token: z.int().check(z.positive()),
  createdAt: z.number(),
  fromVersion: z.string(),
  toVersion: z.string(),
  fromBuild: z.string(),
  /** Null with a Setup program: it says so only when it has been installed. */
  toBuild: z.nullable(z.string()),
  /** The app that wrote it; until it hands over, it alone touches the app's files. */
  app: identitySchema,
  expected: z.discriminatedUnion('kind', [appImageSchema, setupSchema]),
  currentStage: stageSchema,
  /** Null with a Setup program: staged by the watcher from what was installed. */
  nextStage: z.nullable(stageSchema),
  gateways: z.array(plannedGatewaySchema).check(z.maxLength(256)),
  launch: launchSchema,
  soakMs: milliseconds,
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
export type SetupInstall = z.infer<typeof setupSchema>;

/** Writes the plan durably, in a new folder of its own. Throws the system's error. */
export function writePlan(state: StateFolder, plan: Plan): void {
  const files = state.attempt(plan.attempt);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  fsyncDir(state.updates);
  writeDurable(files.plan, `${JSON.stringify(z.parse(planSchema, plan), null, 2)}\n`);
}

/**
 * Reads an attempt's plan. Throws a FileProblem, or a sentence when it names another attempt or
 * places outside what an update may touch.
 */
export function readPlan(state: StateFolder, attempt: string): Plan {
  const file = state.attempt(z.parse(attemptIdSchema, attempt)).plan;
  const plan = readUntrustedJson(file, planSchema, PLAN_MAX_BYTES);
  if (plan.attempt !== attempt) throw new Error(`${file} belongs to another update.`);
  checkTouched(state, plan, file);
  if (plan.launch.file !== plan.expected.appFile) {
    throw new Error(`${file} would start another program than the updated one.`);
  }
  for (const stage of [plan.currentStage, plan.nextStage]) {
    if (stage === null) continue;
    for (const place of [stage.bundle, path.dirname(stage.runtime)]) {
      if (path.dirname(place) !== state.staged) {
        throw new Error(`${file} names a staged folder outside ${state.staged}: ${place}.`);
      }
    }
  }
  return plan;
}

/** Files that the update writes, runs or removes lie where an update's files lie. */
function checkTouched(state: StateFolder, plan: Plan, file: string): void {
  const { expected } = plan;
  if (expected.kind === 'nsis') {
    if (path.dirname(expected.setupFile) !== state.attempt(plan.attempt).folder) {
      throw new Error(`${file} names a program that an update may not run: ${expected.setupFile}.`);
    }
    const folder = path.dirname(expected.appFile);
    if (sharesPrefix(folder, state.root)) {
      throw new Error(`${file} would replace ${folder}, where Holdfast's watcher runs from.`);
    }
    return;
  }
  const folder = path.dirname(expected.appFile);
  for (const beside of [expected.newFile, expected.oldLink]) {
    if (path.dirname(beside) !== folder || !path.basename(beside).startsWith('.')) {
      throw new Error(`${file} names a file that an update may not touch: ${beside}.`);
    }
  }
}
