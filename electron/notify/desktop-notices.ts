/** Shows notices through the desktop. */
import { existsSync } from 'node:fs';
import { app, Notification } from 'electron';
import type { Log } from '../logging/logging.ts';
import type { Notice } from '../notices/notice-words.ts';

/** As many as a desktop's list holds: of older ones a click is no longer heard. */
const mostKept = 50;

/** Shows a notice; `onClick` is called when the user clicks on it. */
export type DesktopNotices = (
  notice: Pick<Notice, 'title' | 'body' | 'isProblem'>,
  onClick: () => void,
) => void;

/** What shows notices; where the desktop takes none, the log says so once. */
export function desktopNotices(deps: {
  readonly icon: string | undefined;
  readonly log: Log;
}): DesktopNotices {
  const { log } = deps;
  const icon = deps.icon !== undefined && existsSync(deps.icon) ? { icon: deps.icon } : {};
  // Windows shows those of a program that its installer has named like this (electron-builder.yml).
  if (process.platform === 'win32') app.setAppUserModelId('dev.holdfast.app');
  if (!Notification.isSupported()) {
    log.warn('This desktop takes no notifications.');
    return () => undefined;
  }
  /** A notification that nothing holds is collected, and its click is lost. */
  const kept = new Set<Notification>();
  return ({ title, body, isProblem }, onClick) => {
    const notification = new Notification({
      ...icon,
      title,
      body,
      // News make no sound.
      silent: !isProblem,
    });
    kept.add(notification);
    for (const oldest of [...kept].slice(0, -mostKept)) kept.delete(oldest);
    notification.on('click', onClick);
    notification.on('failed', (_, error) => log.warn(`A notification was not shown: ${error}`));
    notification.show();
  };
}
