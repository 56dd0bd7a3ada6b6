/** Stable and beta versions on one feed: a copy is offered the newest of those that its user wants. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLatestYml } from '../../e2e/fixtures/feed-server.ts';
import { signFeed, testRoot } from '../../e2e/fixtures/release-keys.ts';
import type { UpdateChannel } from '../contract/update-channel.ts';
import { openFeedBench } from '../testing/feed-bench.ts';
import { checkRelease } from '../trust/release-check.ts';

const bench = openFeedBench();

const at = (...names: string[]): string => bench.at(...names);

async function publish(stable: string, beta?: string): Promise<void> {
  writeFileSync(at('Holdfast.AppImage'), stable);
  await writeLatestYml(bench.served, { version: stable, file: 'Holdfast.AppImage' });
  if (beta !== undefined) {
    writeFileSync(at('Holdfast-beta.AppImage'), beta);
    await writeLatestYml(bench.served, {
      version: beta,
      file: 'Holdfast-beta.AppImage',
      channelFile: 'beta-linux.yml',
    });
  }
}

async function offered(channel: UpdateChannel): Promise<string | undefined> {
  return (await bench.createFeed({ channel }).check())?.version;
}

describe('which version is offered', () => {
  it('a beta version to who wants those, the stable one to everyone else', async () => {
    await publish('1.1.0', '1.2.0-beta.1');
    expect(await offered('stable')).toBe('1.1.0');
    expect(await offered('beta')).toBe('1.2.0-beta.1');
  });

  it('a stable version that is newer than the last beta to both', async () => {
    await publish('1.2.0', '1.2.0-beta.1');
    expect(await offered('stable')).toBe('1.2.0');
    expect(await offered('beta')).toBe('1.2.0');
  });

  it('the stable version where no beta was ever published', async () => {
    await publish('1.1.0');
    expect(await offered('beta')).toBe('1.1.0');
  });

  it('none while a server hides the beta version that is signed', async () => {
    await publish('1.1.0', '1.2.0-beta.1');
    rmSync(at('beta-linux.yml'));
    await expect(offered('beta')).rejects.toMatchObject({
      problem: { message: expect.stringContaining('not found at its address') },
    });
  });
});

describe('what is signed', () => {
  it('names the version of each program, and the check outside the app holds it to that', async () => {
    await publish('1.1.0', '1.2.0-beta.1');
    await offered('beta');
    const check = (signedAs: string, version: string) =>
      checkRelease(testRoot(), path.join(bench.folder, 'seen'), {
        metadata: path.join(bench.folder, 'trust'),
        file: at(signedAs),
        signedAs,
        version,
      });
    await check('Holdfast.AppImage', '1.1.0');
    await check('Holdfast-beta.AppImage', '1.2.0-beta.1');
    await expect(check('Holdfast.AppImage', '1.2.0-beta.1')).rejects.toThrow();
  });

  it('is nothing, as long as one file belongs to two versions', async () => {
    await publish('1.1.0');
    const feed = readFileSync(at('latest-linux.yml'), 'utf8');
    writeFileSync(at('beta-linux.yml'), feed.replace('1.1.0', '1.2.0-beta.1'));
    await expect(signFeed(bench.served)).rejects.toThrow(
      'Holdfast.AppImage is named as version 1.1.0 and as version 1.2.0-beta.1',
    );
  });
});
