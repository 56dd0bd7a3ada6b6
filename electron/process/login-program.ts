/** What is registered for the login, and what can be done with such an entry. */
import { createHash } from 'node:crypto';

/** The program that an entry runs. */
export interface LoginProgram {
  readonly id: string;
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Exit codes after which starting it again would be pointless. */
  readonly finalCodes: readonly number[];
}

export interface LoginEntries {
  /** Our own entry's file, there or not. */
  file(id: string): string;
  /** Whether it says just this. */
  isCurrent(program: LoginProgram): boolean;
  /** Writes the entry, has it started at every login, and now. Rejects with a sentence; then there is none. */
  register(program: LoginProgram): Promise<void>;
  /** Takes it back, whatever is left of it. What it has started runs on. Rejects with a sentence. */
  unregister(id: string): Promise<void>;
  /** Entries of other names that mention `word`. */
  others(id: string, word: string): string[];
}

/** The entry's name for a state folder. */
export function loginEntryId(stateRoot: string): string {
  return createHash('sha256').update(stateRoot).digest('hex').slice(0, 16);
}
