/** What a mutant is. */

/** The test that must turn red. */
export interface Guard {
  /** A vitest file, from the tree's root. */
  readonly file: string;
  /** Part of the full name of the test, or of several of a table. */
  readonly name: string;
}

export interface Mutant {
  readonly name: string;
  /** What goes wrong in the world when the code is like this. */
  readonly harm: string;
  /** The file that is broken, from the tree's root. */
  readonly file: string;
  /** Whole tokens that are in the file exactly once: find.ts says how they are looked for. */
  readonly find: string;
  readonly replace: string;
  readonly guard: Guard;
}
