/** The promises that must not go unguarded: each is broken once, and the named test must see it. */

export interface Mutant {
  readonly name: string;
  /** What goes wrong in the world when the code is like this. */
  readonly harm: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly test: { readonly file: string; readonly name?: string };
}

export const mutants: readonly Mutant[] = [];
