/**
 * The short-lived program that checks a downloaded release outside the app, before the watcher arms:
 *
 *   trust --root <json> --metadata <folder> --seen <folder> --file <file> --signed-as <name> --version <version>
 *         [--publisher <name>]…
 *
 * It prints `{"problem": null}`, or why the release is not genuine. The library it stands on would be a
 * third of the watcher's memory; the watcher needs it for a second a month.
 */
import { parseArgs } from 'node:util';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { mustBePublishedBy } from './publisher.ts';
import { checkRelease } from './release-check.ts';
import { TrustError } from './trust-error.ts';

function readOptions() {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({
    options: {
      root: text,
      metadata: text,
      seen: text,
      file: text,
      'signed-as': text,
      version: text,
      publisher: { type: 'string', multiple: true, default: [] },
    },
  });
  return values;
}

async function judge(): Promise<Problem | null> {
  try {
    const { root, seen, 'signed-as': signedAs, publisher, ...release } = readOptions();
    await checkRelease(root, seen, { ...release, signedAs });
    mustBePublishedBy(publisher, release.file);
    return null;
  } catch (error) {
    if (!(error instanceof TrustError)) {
      return { message: `The update could not be checked: ${errorText(error)}` };
    }
    const why = error.cause === undefined ? '' : ` (${errorText(error.cause)})`;
    return { message: `${error.problem.message}${why}`, hint: error.problem.hint };
  }
}

void judge().then((problem) => process.stdout.write(`${JSON.stringify({ problem })}\n`));
