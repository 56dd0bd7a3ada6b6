/**
 * The feed as electron-updater sees it: a provider of its `custom` kind, whose answers have passed
 * the schema. Of a release it offers only the one file for this kind of package.
 */
import { Provider, type UpdateInfo } from 'electron-updater';
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js';
import * as z from 'zod/mini';
import { readUntrusted } from '../files/untrusted-file.ts';
import { feedError } from './feed-errors.ts';
import { type FeedContent, type OfferedFile, parseYaml } from './feed-file.ts';

/** A class and not an object, because electron-updater makes the object. */
type ProviderClass = new (
  options: unknown,
  updater: unknown,
  runtime: ProviderRuntimeOptions,
) => Provider<UpdateInfo>;

/** `latest` fetches the channel's file; `chosen` gets the file that is offered, if there is one. */
export function createProviderClass(
  extension: string,
  latest: (channelFile: string) => Promise<FeedContent>,
  chosen: (content: FeedContent, file: OfferedFile | undefined) => void,
): ProviderClass {
  return class StrictProvider extends Provider<UpdateInfo> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime);
    }

    async getLatestVersion(): Promise<UpdateInfo> {
      const content = await latest(`${this.getDefaultChannelName()}.yml`);
      const file = chooseFile(content.files, extension, process.arch);
      chosen(content, file);
      return updateInfoOf(content, file);
    }

    resolveFiles(info: UpdateInfo) {
      return info.files.map((one) => ({ url: new URL(one.url), info: one }));
    }
  };
}

/** How packages name a processor. */
const archNames: Readonly<Record<string, readonly string[]>> = {
  x64: ['x64', 'x86_64', 'amd64'],
  arm64: ['arm64', 'aarch64'],
};

/** The file of this package kind: the one named after the processor, or else the first that is named after none. */
function chooseFile(
  files: readonly OfferedFile[],
  extension: string,
  arch: string,
): OfferedFile | undefined {
  const fitting = files.filter(({ url }) =>
    url.pathname.toLowerCase().endsWith(extension.toLowerCase()),
  );
  const names = (file: OfferedFile, words: readonly string[]): boolean =>
    words.some((word) => file.url.pathname.includes(word));
  const all = Object.values(archNames).flat();
  return (
    fitting.find((file) => names(file, archNames[arch] ?? [arch])) ??
    fitting.find((file) => !names(file, all))
  );
}

function updateInfoOf(content: FeedContent, file: OfferedFile | undefined): UpdateInfo {
  const { version, releaseDate, stagingPercentage, minimumSystemVersion } = content;
  const files = file ? [{ url: file.url.href, sha512: file.sha512, size: file.size }] : [];
  return {
    version,
    files,
    path: file?.url.href ?? '',
    sha512: file?.sha512 ?? '',
    releaseDate,
    ...(stagingPercentage !== undefined && { stagingPercentage }),
    ...(minimumSystemVersion !== undefined && { minimumSystemVersion }),
  };
}

/** Packaging writes a few lines. */
const maxBuiltInBytes = 64 * 1024;
const builtInSchema = z.object({ url: z.string() });

/** The folder of the feed that packaging wrote into `file` (`app-update.yml`). */
export function builtInFeed(file: string): URL {
  try {
    const bytes = readUntrusted(file, maxBuiltInBytes, { links: 'follow', owner: 'any' });
    const { url } = z.parse(builtInSchema, parseYaml(bytes.toString('utf8')));
    return feedFolder(url);
  } catch (cause) {
    throw feedError('NO_FEED_ADDRESS', { cause });
  }
}

/** An address as a folder: files beside the feed's file are resolved from there. */
export function feedFolder(address: string): URL {
  const url = new URL(address);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.hash = '';
  return url;
}
