/**
 * electron-updater for a release that comes as a zip, as macOS': it finds and downloads it, and nothing else. Its own
 * updater for macOS hands every download over to Squirrel.Mac, whose helper ends with the app.
 */
import { AppUpdater } from 'electron-updater';
import type { AppAdapter } from 'electron-updater/out/AppAdapter.js';
import type {
  DownloadExecutorResult,
  DownloadUpdateOptions,
} from 'electron-updater/out/AppUpdater.js';
import { feedError } from './feed-errors.ts';

export class ZipUpdater extends AppUpdater {
  constructor(app?: AppAdapter) {
    super(null, app);
  }

  /** Called by `downloadUpdate`. */
  protected override async doDownloadUpdate(
    options: DownloadUpdateOptions,
  ): Promise<DownloadExecutorResult> {
    const { provider, info } = options.updateInfoAndProvider;
    // The provider offers only the one file of this package kind.
    const [fileInfo] = provider.resolveFiles(info);
    if (!fileInfo) throw feedError('FEED_INVALID');
    return this.executeDownload({
      fileExtension: 'zip',
      fileInfo,
      downloadUpdateOptions: options,
      task: (destination, downloadOptions) =>
        downloadWith(this, fileInfo.url, destination, downloadOptions),
      done: async () => undefined,
    });
  }

  /** Never called: the watcher installs. */
  override quitAndInstall(): void {
    throw new Error('Only the background service installs an update.');
  }
}

/** Its HTTP, which updater-port.ts has replaced; electron-updater's types do not name it. */
async function downloadWith(updater: AppUpdater, ...args: unknown[]): Promise<void> {
  const executor: unknown = Reflect.get(updater, 'httpExecutor');
  const download: unknown =
    typeof executor === 'object' && executor !== null && Reflect.get(executor, 'download');
  if (typeof download !== 'function') {
    throw new Error('electron-updater has another shape than expected; it can’t be used safely.');
  }
  await Reflect.apply(download, executor, args);
}
