/**
 * What gateways get of the user's own environment. The watcher may have been started by a desktop or
 * at login, with a short search path, and runs long: the app reports what the login shell says, the
 * command line what its terminal has. Both are kept on disk for a watcher that starts alone.
 */
import * as z from 'zod/mini';
import { errorText } from '../contract/error-text.ts';
import { type ReportedEnvironment, userEnvironmentSchema } from '../contract/watcher-contract.ts';
import { writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import type { UserEnvironment } from '../gateway/types.ts';
import { joinSearchPaths, personalFolders } from '../process/index.ts';

/** The newest first; one report of each kind of reporter. */
const fileSchema = z.strictObject({
  told: z.array(userEnvironmentSchema).check(z.maxLength(2)),
});
/** Two search paths at their longest. */
const maxBytes = 256 * 1024;

export interface UserEnvironmentKeeper {
  /** The same object until something changes. */
  current(): UserEnvironment;
  /** True when gateways that are started from now on get something else than before. */
  report(reported: ReportedEnvironment): boolean;
}

export function keepUserEnvironment(
  { environment: file }: Pick<StateFolder, 'environment'>,
  log: { warn(message: string): void },
): UserEnvironmentKeeper {
  let reports = readReports(file);
  let current = combine(reports);
  return {
    current: () => current,
    report(reported) {
      reports = ordered(reported, reports);
      const next = combine(reports);
      if (next.path === current.path && next.openFiles === current.openFiles) return false;
      current = next;
      try {
        writeDurable(file, `${JSON.stringify({ told: reports })}\n`);
      } catch (error) {
        log.warn(`The search path was not kept for later: ${errorText(error)}`);
      }
      return true;
    },
  };
}

function readReports(file: string): readonly ReportedEnvironment[] {
  try {
    return readUntrustedJson(file, fileSchema, maxBytes).told;
  } catch {
    // None yet, or damaged: the next report writes it again.
    return [];
  }
}

/**
 * The newest report counts most. But a path that names nothing new (of a script with a short one)
 * does not come before the other's.
 */
function ordered(
  reported: ReportedEnvironment,
  known: readonly ReportedEnvironment[],
): readonly ReportedEnvironment[] {
  const other = known.find(({ from }) => from !== reported.from);
  if (!other) return [reported];
  const folders = new Set(foldersOf(other.path));
  const addsNothing = foldersOf(reported.path).every((folder) => folders.has(folder));
  return addsNothing ? [other, reported] : [reported, other];
}

function foldersOf(path: string): string[] {
  return joinSearchPaths(path).split(process.platform === 'win32' ? ';' : ':');
}

function combine(reports: readonly ReportedEnvironment[]): UserEnvironment {
  const openFiles = reports.find((one) => one.openFiles !== undefined)?.openFiles;
  const path = joinSearchPaths(
    ...reports.map((one) => one.path),
    process.env.PATH,
    ...personalFolders('chosen'),
  );
  return { path, ...(openFiles === undefined ? {} : { openFiles }) };
}
