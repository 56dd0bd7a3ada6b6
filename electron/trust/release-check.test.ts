/** The check outside the app: the real program, and what it says of releases that are not genuine. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { signFeed, testKeys, testRoot } from '../../e2e/fixtures/release-keys.ts';
import { layMetadata } from '../testing/signed-attempt.ts';
import { copyMetadata } from './metadata-copy.ts';
import { checkRelease } from './release-check.ts';
import { TrustError } from './trust-error.ts';

const signedAs = 'Holdfast.AppImage';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-trust-'));
  mkdirSync(at('served'));
  writeFileSync(at('served', signedAs), randomBytes(50_000));
  await writeLatestYml(at('served'), { version: '1.1.0', file: signedAs });
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...parts: string[]): string => path.join(folder, ...parts);

/** What the app has left beside its plan, from what is served now. */
function leave(): string {
  const metadata = at('metadata');
  rmSync(metadata, { recursive: true, force: true });
  rmSync(at('seen-by-app'), { recursive: true, force: true });
  layMetadata(at('served', 'metadata'), at('seen-by-app'));
  copyMetadata(at('seen-by-app'), metadata);
  return metadata;
}

const check = (change: Partial<Parameters<typeof checkRelease>[2]> = {}): Promise<void> =>
  checkRelease(testRoot(), at('seen-outside'), {
    metadata: leave(),
    file: at('served', signedAs),
    signedAs,
    version: '1.1.0',
    ...change,
  });

async function why(work: Promise<void>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof TrustError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return `${error.code}: ${error.cause instanceof Error ? error.cause.message : ''}`;
}

it('a genuine release passes, and passes again', async () => {
  await check();
  await check();
});

it('a file with one byte more, another name or another version is refused', async () => {
  expect(await why(check({ version: '1.2.0' }))).toContain('is version 1.1.0, not 1.2.0');
  expect(await why(check({ signedAs: 'latest-mac.yml' }))).toContain('is not signed');
  appendFileSync(at('served', signedAs), '!');
  expect(await why(check())).toContain('is not the Holdfast.AppImage that was signed');
});

it('the feed’s own file does not pass for a program of another version', async () => {
  expect(
    await why(check({ signedAs: 'latest-linux.yml', file: at('served', signedAs) })),
  ).toContain('is not the latest-linux.yml that was signed');
});

it('metadata of other keys is refused, and so is none', async () => {
  await signFeed(at('served'), { keys: testKeys('somebody else') });
  expect(await why(check())).toMatch(/^refused/);
  rmSync(at('served', 'metadata'), { recursive: true });
  mkdirSync(at('served', 'metadata'));
  expect(await why(check())).toMatch(/^refused/);
});

it('an older release than it has seen is refused', async () => {
  await check();
  cpSync(at('served'), at('old'), { recursive: true });
  writeFileSync(at('served', signedAs), randomBytes(50_000));
  await writeLatestYml(at('served'), { version: '1.2.0', file: signedAs });
  await check({ version: '1.2.0' });
  rmSync(at('served'), { recursive: true });
  cpSync(at('old'), at('served'), { recursive: true });
  expect(await why(check())).toMatch(/^refused/);
});

it('a build without release keys takes no release', async () => {
  const release = { metadata: leave(), file: at('served', signedAs), signedAs, version: '1.1.0' };
  expect(await why(checkRelease('', at('seen-outside'), release))).toMatch(/^no-root/);
});

/** What the program itself prints about the release that is served. */
function judged(...more: readonly string[]): unknown {
  const args = [
    ...['--root', testRoot(), '--metadata', leave(), '--seen', at('seen-outside')],
    ...['--file', at('served', signedAs), '--signed-as', signedAs, '--version', '1.1.0'],
  ];
  const program = path.join(import.meta.dirname, 'main.ts');
  return JSON.parse(
    execFileSync(process.execPath, [program, ...args, ...more], { encoding: 'utf8' }),
  );
}

it.skipIf(process.platform === 'win32')(
  'a genuine release is refused all the same where its publisher is asked for and can’t be found out',
  () => {
    expect(judged()).toEqual({ problem: null });
    expect(judged('--publisher', 'Holdfast')).toMatchObject({
      problem: { message: expect.stringContaining('is signed by nobody that could be found out') },
    });
  },
);
