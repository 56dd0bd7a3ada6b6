/**
 * What people are told of an error. Ours are sentences already; those that the language itself throws say
 * something about our code, and nothing that a user could act on.
 */
const OF_THE_LANGUAGE = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError];

export function sentenceOf(error: unknown): string {
  if (OF_THE_LANGUAGE.some((kind) => error instanceof kind)) {
    return 'Something went wrong inside Holdfast; its logs say what. Try it again, and report it when it stays.';
  }
  return error instanceof Error ? error.message : String(error);
}
