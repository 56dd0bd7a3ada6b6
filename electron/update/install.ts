/**
 * What an attempt prepares while everything still runs: the new version, copied and checked; the
 * watchers of both versions, staged; the plan and the journal. An attempt that fails here is removed.
 */

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import type { Profile } from '../contract/profile.ts';
import { selfIdentity } from '../process/index.ts';
import { readManifest, type Stage } from '../staging/staged.ts';
import { newAttemptId } from '../transaction/attempts.ts';
import { openJournal } from '../transaction/journal.ts';
import { launchOf } from '../transaction/launch-allow-list.ts';
import { type Plan, plannedGateway, writePlan } from '../transaction/plan.ts';
import { copyMetadata } from '../trust/metadata-copy.ts';
import {
  type Installable,
  type Installer,
  type PreparedInstall,
  type UpdateDeps,
  UpdateProblem,
} from './types.ts';

/** The token of the journal's first writer; the watcher takes over with the next. */
const appToken = 1;
const budgets: Plan['budgets'] = {
  /** `app.exit` takes tens of milliseconds; a hanging app must not hold up the gateways' return. */
  appExitMs: 15_000,
  proveMs: 15_000,
  /** A cold start of Electron on a slow, busy disk takes tens of seconds. */
  appStartMs: 60_000,
};

/** A prepared attempt: no gateway is stopped, and only the attempt's own files were made. */
export interface PreparedAttempt {
  readonly attempt: string;
  readonly prepared: PreparedInstall;
  readonly plan: Plan;
  readonly releaseFolders: readonly string[];
}

/** Copies, checks and stages the new version and writes the plan. Rejects with an UpdateProblem. */
export async function prepareAttempt(
  deps: UpdateDeps,
  installer: Installer,
  file: string,
  offer: Installable,
): Promise<PreparedAttempt> {
  const attempt = newAttemptId(deps.state);
  const files = deps.state.attempt(attempt);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  const prepared = await installer.prepare(file, offer.sha512, attempt).catch((error: unknown) => {
    rmSync(files.folder, { recursive: true, force: true });
    throw error;
  });
  try {
    const nextStage = await stageNext(deps, installer, prepared, files.folder, offer.version);
    const currentStage = await deps.link.stageFrom(deps.source.bundle, deps.source.runtime);
    const profiles = await deps.link.client.call('profile.list', null);
    const views = deps.link.watcher()?.gateways ?? {};
    const plan: Plan = {
      schema: 1,
      attempt,
      token: appToken,
      createdAt: Date.now(),
      fromVersion: deps.version,
      toVersion: offer.version,
      fromBuild: deps.buildId,
      toBuild: nextStage?.buildId ?? null,
      app: selfIdentity(),
      expected: prepared,
      ...(offer.signedAs === null ? { isReturn: true as const } : { signedAs: offer.signedAs }),
      currentStage: plannedStage(currentStage),
      nextStage: nextStage && plannedStage(nextStage),
      gateways: profiles.map((profile) => plannedGateway(profile, views[profile.id])),
      launch: launchOf(prepared.appFile, deps.args(), deps.env),
      soakMs: deps.soakMs,
      ...(offer.signedAs === null ? {} : confirmation(deps)),
      budgets: budgets,
    };
    // What the app has seen signed: the watcher has it checked once more, outside the app.
    copyMetadata(deps.state.seenByApp, files.metadata);
    writePlan(deps.state, plan);
    const journal = openJournal(files.journal, appToken);
    journal.append({ type: 'prepared' }, Date.now());
    journal.close();
    return {
      attempt,
      prepared,
      plan,
      releaseFolders: [...foldersOf(profiles), ...installer.mustBeFree],
    };
  } catch (error) {
    installer.undo(prepared);
    rmSync(files.folder, { recursive: true, force: true });
    throw error;
  }
}

/** Undoes what `prepareAttempt` did; for attempts that no watcher has armed. */
export function discardAttempt(deps: UpdateDeps, installer: Installer, one: PreparedAttempt): void {
  installer.undo(one.prepared);
  rmSync(deps.state.attempt(one.attempt).folder, { recursive: true, force: true });
}

async function stageNext(
  deps: UpdateDeps,
  installer: Installer,
  prepared: PreparedInstall,
  folder: string,
  version: string,
): Promise<Stage | null> {
  const unpacked = path.join(folder, 'unpacked');
  mkdirSync(unpacked, { mode: 0o700 });
  try {
    const found = await installer.unpackStage(prepared, unpacked);
    if (!found) return null;
    const { bundle, runtime } = found;
    const inside = readManifest(bundle).version;
    if (inside !== version) {
      throw new UpdateProblem(
        `The feed offers version ${version}, but the file is version ${inside}. It was not installed.`,
        'The release may be broken. Try again later.',
      );
    }
    return await deps.link.stageFrom(bundle, runtime);
  } catch (error) {
    if (error instanceof UpdateProblem) throw error;
    const reason = errorText(error);
    throw new UpdateProblem(
      `The new version can’t be used: ${reason}`,
      'Nothing was changed. The release may be broken; try again later.',
      { cause: error },
    );
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

function confirmation(deps: UpdateDeps): Pick<Plan, 'confirmMs'> {
  const confirmMs = deps.confirmMs();
  return confirmMs === null ? {} : { confirmMs };
}

/** A stage as the plan names it, without what else the link says of it. */
function plannedStage({ bundle, runtime, buildId }: Stage): Stage {
  return { bundle, runtime, buildId };
}

function foldersOf(profiles: readonly Profile[]): string[] {
  return profiles.flatMap(({ update }) =>
    update.policy === 'release' && update.folder !== undefined ? [update.folder] : [],
  );
}
