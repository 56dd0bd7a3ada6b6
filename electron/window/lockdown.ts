/** Applies the rules to every page of the app, at the moment it is made. */
import { type App, type Session, shell, type WebContents } from 'electron';
import type { Log } from '../logging/logging.ts';
import { isAllowedExternal, isAllowedNavigation, isAllowedPermission } from './lockdown-rules.ts';

/** From here on every new page is locked down, whoever makes it. */
export function lockDownPages(app: App, log: Log): void {
  app.on('web-contents-created', (_, contents) => lockDown(contents, log));
}

function lockDown(contents: WebContents, log: Log): void {
  contents.on('will-frame-navigate', (event) => {
    if (isAllowedNavigation(event.url) && event.isMainFrame) return;
    event.preventDefault();
    log.warn(`Refused to leave the window's page for ${event.url}.`);
    openExternal(event.url, log);
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url, log);
    return { action: 'deny' };
  });
}

function openExternal(address: string, log: Log): void {
  if (!isAllowedExternal(address)) return;
  shell.openExternal(address).catch((error: unknown) => {
    log.warn(`The browser could not be opened for ${address}: ${String(error)}`);
  });
}

/** Denies permissions, devices and downloads. */
export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_, permission, callback, details) => {
    callback(isAllowedPermission(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_, permission, requestingOrigin) =>
    isAllowedPermission(permission, requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}
