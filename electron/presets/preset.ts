/**
 * A preset is one kind of gateway that people run, and how Holdfast talks to it. It finds gateways of its
 * kind on this machine and makes profiles of them. From there on the profile says everything, and no
 * other room knows presets. A preset is one file here and its line in index.ts.
 */
import type { PresetField } from '../contract/presets.ts';
import type { ProfileInput } from '../contract/profile.ts';

/** What a preset may read of a machine; injected, so that tests bring their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The absolute path of a command on the search path; null when there is none. */
  which(command: string): string | null;
  /** The path with all links resolved; the path itself when that is not possible. */
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
  /** One sentence for people who do not know it. */
  readonly about: string;
  /** The gateways found on this machine; never throws. */
  find(machine: Machine): Found[];
  /** What the user enters to add one by hand; absent: it can only be found. */
  readonly form?: {
    readonly fields: readonly PresetField[];
    /** Throws a ContractError with a sentence for values that can't be used. */
    make(values: Readonly<Record<string, string>>): ProfileInput;
  };
}
