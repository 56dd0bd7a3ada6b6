/** The system's list of installed programs, as far as an installer writes to it and a user reads it. */

/** What the list says of one program. */
export interface ListedProgram {
  readonly name: string;
  readonly version: string;
  /** Null where the list says nothing of it. */
  readonly kilobytes: number | null;
}

export interface InstalledPrograms {
  /** The program that is installed in `folder`; null where none is listed. Throws a sentence. */
  read(folder: string): ListedProgram | null;
  /** Corrects what is said of it; does nothing where none is listed. Throws a sentence. */
  write(folder: string, program: ListedProgram): void;
}
