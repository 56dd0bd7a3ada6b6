/**
 * The app at the other end of an update: starting it, learning that its window is up, waiting until
 * it has ended, and ending one that did not come up. Only these very processes are ever signalled;
 * whatever else an app started (this watcher, for example) is left alone.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  appEnvironment,
  type Clock,
  type ExitWaiter,
  endProcess,
  exitOf,
  familyOf,
  firstOf,
  type Identity,
  isAlive,
  launchOutside,
  passed,
  readNonce,
  signalProcess,
  until,
  within,
} from '../../process/index.ts';
import type { Plan } from '../../transaction/plan.ts';

/** An app that was asked to end gets this long before it is killed, milliseconds. */
const askedGraceMs = 5_000;
/** What its helpers get to follow their app, milliseconds. */
const helpersGraceMs = 2_000;
/**
 * A started app that ended may have handed over to one that runs already (single instance), which
 * then reports itself. That report is waited for this long, milliseconds.
 */
const singleInstanceGraceMs = 3_000;

export interface AppWork {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
}

/**
 * Starts the program that the plan names, with what its allow-list let through. The nonce tells the
 * app who started it. Rejects with a sentence (SpawnError).
 */
export function launchApp(plan: Plan): Promise<{ readonly identity: Identity }> {
  const { file, args, env } = plan.launch;
  return launchOutside({
    kind: 'app',
    command: file,
    args,
    cwd: path.dirname(file),
    env: appEnvironment(env),
    // The app writes its own log; what Chromium prints is for terminals.
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: randomBytes(16).toString('hex'),
    // The watcher lives outside already, and so does what it starts.
    escape: 'session',
  });
}

/** Resolves when `identity` has ended: 'ended', or 'late' when `ms` passed first. */
export async function waitForEnd(
  work: AppWork,
  identity: Identity,
  ms: number,
): Promise<'ended' | 'late'> {
  const exit = await within(work.clock, ms, (signal) => exitOf(work.waiter, identity, signal));
  return exit === 'late' ? 'late' : 'ended';
}

/**
 * Ends one app, with the processes that have its own nonce: it is asked first, then killed. They follow it by
 * themselves, and what is left of them is killed: one of them mounts the AppImage, and has to take that back.
 */
export async function endApp(work: AppWork, identity: Identity): Promise<void> {
  const helpers = helpersOf(identity);
  if (isAlive(identity)) {
    signalProcess(identity, 'SIGTERM');
    if ((await waitForEnd(work, identity, askedGraceMs)) === 'late') {
      endProcess(identity);
      await waitForEnd(work, identity, askedGraceMs);
    }
  }
  const left = [...helpers, ...helpersOf(identity)].filter(isAlive);
  await Promise.all(left.map((helper) => waitForEnd(work, helper, helpersGraceMs)));
  for (const helper of [...left, ...helpersOf(identity)]) {
    if (isAlive(helper)) endProcess(helper);
  }
}

/** An app's helpers inherited its nonce; lasting programs that it started have another. */
function helpersOf(identity: Identity): Identity[] {
  if (identity.nonce === '') return [];
  return familyOf(identity).filter(
    ({ pid }) => pid !== process.pid && readNonce(pid) === identity.nonce,
  );
}

interface AppReport {
  readonly buildId: string;
  readonly identity: Identity;
}

/** Which apps have reported that their window is up. */
export class AppReports {
  readonly #work: AppWork;
  readonly #listeners = new Set<() => void>();
  #reports: AppReport[] = [];

  constructor(work: AppWork) {
    this.#work = work;
  }

  add(report: AppReport): void {
    this.#reports.push(report);
    for (const listener of this.#listeners) listener();
  }

  /** The first report of `buildId` by an app that still runs. */
  find(buildId: string): AppReport | undefined {
    return this.#ofRunningApps().find((one) => one.buildId === buildId);
  }

  /**
   * The first report of `buildId` by an app that still runs, also one that was made before. Rejects
   * with a sentence when none came within `ms`, or when `launched` ended and no other app reported.
   */
  wait(buildId: string, launched: Identity | null, ms: number): Promise<AppReport> {
    const { waiter, clock } = this.#work;
    const subscribe = (changed: () => void): (() => void) => {
      this.#listeners.add(changed);
      return () => this.#listeners.delete(changed);
    };
    const late = async (signal: AbortSignal): Promise<never> => {
      await passed(clock, ms, signal);
      const other = this.#ofRunningApps()[0]?.buildId;
      throw new Error(
        other
          ? `build ${other} answered instead of ${buildId}.`
          : `it did not show its window within ${Math.round(ms / 1000)} s.`,
      );
    };
    const endOf = async (app: Identity, signal: AbortSignal): Promise<never> => {
      await exitOf(waiter, app, signal);
      await passed(clock, singleInstanceGraceMs, signal);
      throw new Error('it ended before its window was up.');
    };
    return firstOf<AppReport>([
      (signal) => until(subscribe, () => this.find(buildId), { signal }),
      late,
      ...(launched ? [(signal: AbortSignal) => endOf(launched, signal)] : []),
    ]);
  }

  #ofRunningApps(): readonly AppReport[] {
    this.#reports = this.#reports.filter(({ identity }) => isAlive(identity));
    return this.#reports;
  }
}
