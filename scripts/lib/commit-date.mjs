/** When what is built was committed: the only time that a build may carry, so that it can be repeated. */
import { runQuietly } from './run.mjs';
import { Problem } from './say.mjs';

/** SOURCE_DATE_EPOCH (reproducible-builds.org), or the time of the last commit. @returns {Promise<Date>} */
export async function commitDate() {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given) return new Date(Number(given) * 1_000);
  const { code, output } = await runQuietly('git', ['log', '-1', '--format=%ct']);
  if (code === 0) return new Date(Number(output.trim()) * 1_000);
  throw new Problem(
    'There is no commit to take the time from. Set SOURCE_DATE_EPOCH, in seconds since 1970.',
  );
}
