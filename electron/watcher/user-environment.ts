/**
 * What gateways get of the user's own environment. The watcher may have been started by a desktop or
 * at login, with a short search path, and lives long: the app tells it what the login shell says, the
 * command line what its terminal has. It is kept on disk for a watcher that starts alone.
 */
import * as z from 'zod/mini';
import { userEnvironmentSchema } from '../contract/watcher-contract.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import type { UserEnvironment } from '../gateway/types.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { joinSearchPaths, personalFolders, writeDurable } from '../process/index.ts';

type Told = z.infer<typeof userEnvironmentSchema>;

/** The newest first; one of each teller. */
const fileSchema = z.strictObject({
  told: z.array(userEnvironmentSchema).check(z.maxLength(2)),
});
/** Two search paths at their longest. */
const maxBytes = 256 * 1024;

export interface UserEnvironmentKeeper {
  /** The same object until something changes. */
  current(): UserEnvironment;
  /** True when gateways that are started from now on get something else than before. */
  tell(told: Told): boolean;
}

function foldersOf(path: string): string[] {
  return joinSearchPaths(path).split(process.platform === 'win32' ? ';' : ':');
}

/**
 * The newest counts most, except that a path that names nothing new (of a script with a short one)
 * does not come before the other's.
 */
function ordered(fresh: Told, known: readonly Told[]): readonly Told[] {
  const other = known.find(({ from }) => from !== fresh.from);
  if (!other) return [fresh];
  const folders = new Set(foldersOf(other.path));
  const addsNothing = foldersOf(fresh.path).every((folder) => folders.has(folder));
  return addsNothing ? [other, fresh] : [fresh, other];
}

function read(file: string): readonly Told[] {
  try {
    return readUntrustedJson(file, fileSchema, maxBytes).told;
  } catch {
    // None yet, or damaged: the next teller writes it again.
    return [];
  }
}

export function keepUserEnvironment(
  { environment: file }: Pick<StateFolder, 'environment'>,
  log: { warn(message: string): void },
): UserEnvironmentKeeper {
  let told = read(file);
  let current = combine(told);
  return {
    current: () => current,
    tell(fresh) {
      told = ordered(fresh, told);
      const next = combine(told);
      if (next.path === current.path && next.openFiles === current.openFiles) return false;
      current = next;
      try {
        writeDurable(file, `${JSON.stringify({ told })}\n`);
      } catch (error) {
        log.warn(`The search path was not kept for later: ${String(error)}`);
      }
      return true;
    },
  };
}

function combine(told: readonly Told[]): UserEnvironment {
  const openFiles = told.find((one) => one.openFiles !== undefined)?.openFiles;
  const path = joinSearchPaths(
    ...told.map((one) => one.path),
    process.env.PATH,
    ...personalFolders('chosen'),
  );
  return { path, ...(openFiles === undefined ? {} : { openFiles }) };
}
