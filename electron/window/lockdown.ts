/** Applies the rules: to the process before Electron is ready, to each page when it is made, to the session. */
import { type App, type Session, shell, type WebContents } from 'electron';
import { errorText } from '../contract/error-text.ts';
import type { Log } from '../logging/logging.ts';
import { isAllowedExternal, isAllowedNavigation, isAllowedPermission } from './lockdown-rules.ts';

/** Before Electron is ready: every page in a sandbox, and no debugger in what `ships`. */
export function lockDownProcess(
  app: App,
  { sandbox, ships }: { readonly sandbox: boolean; readonly ships: boolean },
): void {
  if (sandbox) app.enableSandbox();
  if (!ships) return;
  for (const door of ['remote-debugging-port', 'remote-debugging-pipe']) {
    app.commandLine.removeSwitch(door);
  }
}

/** Locks down every page that is made from here on. */
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
    log.warn(`The browser could not be opened for ${address}: ${errorText(error)}`);
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
