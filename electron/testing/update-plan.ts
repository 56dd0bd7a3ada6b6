/** For tests: attempts as the app prepares them, with real files, and the stages that they name. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { fileMark } from '../files/file-identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { manifestHash, runtimeFileName, type Stage } from '../staging/staged.ts';
import { newAttemptId } from '../transaction/attempts.ts';
import { stageSourceOf } from '../transaction/installed.ts';
import { openJournal } from '../transaction/journal.ts';
import {
  type AppImageInstall,
  type Plan,
  type PlannedGateway,
  profileHash,
  type SetupInstall,
  writePlan,
} from '../transaction/plan.ts';

/** A stage for tests: a bundle's only file, and a runtime. */
export interface StageContent {
  readonly buildId: string;
  readonly version: string;
  readonly gateway: string;
  readonly runtime: string;
}

/** What the app's program looks like before and after the update. */
export interface AppContent {
  readonly old: string;
  readonly new: string;
}

const sha512 = (text: string): string => createHash('sha512').update(text).digest('base64');

/** base64. */
export const sha512OfFile = (file: string): string =>
  createHash('sha512').update(readFileSync(file)).digest('base64');

function manifestOf({ buildId, version, gateway }: StageContent) {
  const sha256 = createHash('sha256').update(gateway).digest('hex');
  return { schema: 1 as const, buildId, version, files: { 'gateway.mjs': sha256 } };
}

function writeBundle(bundle: string, content: StageContent): void {
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(bundle, 'gateway.mjs'), content.gateway, { mode: 0o600 });
  const manifest = JSON.stringify(manifestOf(content));
  writeFileSync(path.join(bundle, 'manifest.json'), manifest, { mode: 0o600 });
}

/** Puts a stage where the watcher runs things from. */
export function stageContent(state: StateFolder, content: StageContent): Stage {
  const bundle = path.join(state.staged, `bundle-${manifestHash(manifestOf(content))}`);
  writeBundle(bundle, content);
  const hash = createHash('sha256').update(content.runtime).digest('hex').slice(0, 16);
  const runtime = path.join(state.staged, `runtime-${hash}`, runtimeFileName);
  if (!existsSync(runtime)) {
    mkdirSync(path.dirname(runtime), { mode: 0o700 });
    writeFileSync(runtime, content.runtime, { mode: 0o700 });
  }
  return { bundle, runtime, buildId: content.buildId };
}

/** An installed folder as a Setup program leaves it. */
export function layFolder(appFile: string, app: string, content: StageContent): void {
  const { bundle, runtime } = stageSourceOf(appFile);
  writeBundle(bundle, content);
  mkdirSync(path.dirname(runtime), { recursive: true });
  writeFileSync(runtime, content.runtime, { mode: 0o700 });
  writeFileSync(appFile, app, { mode: 0o755 });
}

/** An AppImage in its folder, the new one beside it, the old one kept by a link. */
export function layAppImage(appFile: string, attempt: string, app: AppContent): AppImageInstall {
  const beside = (kind: string): string =>
    path.join(path.dirname(appFile), `.${path.basename(appFile)}.${kind}-${attempt}`);
  const newFile = beside('new');
  const oldLink = beside('old');
  writeFileSync(appFile, app.old);
  writeFileSync(newFile, app.new);
  for (const file of [appFile, newFile]) chmodSync(file, 0o755);
  linkSync(appFile, oldLink);
  return {
    kind: 'appimage',
    appFile,
    appSha512: sha512(app.new),
    size: app.new.length,
    fileMark: fileMark(newFile) ?? '',
    newFile,
    oldLink,
  };
}

/** Writes a program of Node code; on Windows, where a script is no program, Node with its code beside it. */
export function writeProgram(file: string, code: string): void {
  if (process.platform === 'win32') {
    copyFileSync(process.execPath, file);
    writeFileSync(`${file}.js`, code);
    return;
  }
  const text = `#!/bin/sh\nexec '${process.execPath}' -e "$(cat <<'CODE'\n${code}\nCODE\n)" -- "$@"\n`;
  writeFileSync(file, text, { mode: 0o700 });
}

/** A Setup program that runs `code`, ready to be run over `appFile`. */
export function laySetup(
  state: StateFolder,
  attempt: string,
  appFile: string,
  setup: { readonly code: string; readonly installMs: number },
): SetupInstall {
  const { folder } = state.attempt(attempt);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const setupFile = path.join(folder, 'setup.exe');
  writeProgram(setupFile, setup.code);
  return {
    kind: 'nsis',
    appFile,
    fileMark: fileMark(appFile) ?? '',
    setupFile,
    setupSha512: sha512OfFile(setupFile),
    installMs: setup.installMs,
  };
}

export function planned(
  profile: Profile,
  identity: Identity | null,
  build: string | null,
): PlannedGateway {
  const { policy } = profile.update;
  const hash = profileHash(profile);
  return { id: profile.id, profileHash: hash, policy, wasRunning: true, identity, build };
}

/** Writes plan and journal as the app does; the attempt waits to be armed. */
export function writeAttempt(
  state: StateFolder,
  attempt: string,
  parts: Pick<
    Plan,
    'app' | 'expected' | 'currentStage' | 'nextStage' | 'gateways' | 'soakMs' | 'budgets'
  > & {
    readonly fromBuild: string;
    readonly toBuild: string | null;
    readonly env?: Plan['launch']['env'];
    readonly confirmMs?: number | undefined;
    readonly isReturn?: true;
  } & Partial<Pick<Plan, 'fromVersion' | 'toVersion'>>,
): Plan {
  const { env = {}, confirmMs, ...given } = parts;
  const plan: Plan = {
    schema: 1,
    attempt,
    token: 1,
    createdAt: Date.now(),
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    signedAs: 'Holdfast.AppImage',
    ...given,
    ...(confirmMs !== undefined && { confirmMs }),
    launch: { file: parts.expected.appFile, args: [], env },
  };
  writePlan(state, plan);
  const journal = openJournal(state.attempt(attempt).journal, 1);
  journal.append({ type: 'prepared' }, Date.now());
  journal.close();
  return plan;
}

export const newAttempt = newAttemptId;
