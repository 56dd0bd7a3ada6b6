/**
 * What a preset is: one kind of gateway that people really run, and how Holdfast speaks with it. It
 * looks for its kind on this machine and makes profiles; from there on the profile says everything,
 * and no other room knows presets. A preset is one file here and its line in index.ts.
 */
import type { PresetField } from '../contract/presets.ts';
import type { ProfileInput } from '../contract/profile.ts';

/** What a preset may look at; injected, so that tests have a machine of their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The absolute path of a command on the search path; null when there is none. */
  which(command: string): string | null;
  /** Where links lead to in the end; the path itself where they lead nowhere. */
  real(path: string): string;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** Names in a folder, sorted; empty when it can't be read. */
  list(folder: string): string[];
  /** The text of a file of at most 1 MB; null when it can't be read. */
  read(path: string): string | null;
}

export interface Found {
  readonly profile: ProfileInput;
  /** Where it was found, as a sentence. */
  readonly where: string;
}

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** One sentence for who has never heard of it. */
  readonly about: string;
  /** What is found on this machine; never throws. */
  find(machine: Machine): Found[];
  /** What the user can say to make one by hand; absent: it can only be found. */
  readonly form?: {
    readonly fields: readonly PresetField[];
    /** Throws a ContractError with a sentence for what can't be used. */
    make(values: Readonly<Record<string, string>>): ProfileInput;
  };
}
