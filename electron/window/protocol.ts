/** The `app://` scheme: the window's files, and nothing else on this machine. */
import path from 'node:path';
import { protocol, type Session } from 'electron';
import { appScheme, resolveAppFile, responseHeaders } from './app-files.ts';

/** Chromium's net errors (net/base/net_error_list.h). */
const errors = { fileNotFound: -6 } as const;

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    // Compiled scripts are kept between starts, as for pages of the web.
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/**
 * Serves the files under `root` (the built renderer) to `session`; `asked` is called whenever the page asks for a
 * program.
 *
 * By `registerFileProtocol`, which Electron calls deprecated: Chromium reads the file itself. With `handle`
 * each byte passes the main process, which loads Node's fetch for it (25 ms of each start).
 */
export function serveAppFiles(session: Session, root: string, asked: () => void): void {
  session.protocol.registerFileProtocol(appScheme, ({ method, url }, respond) => {
    const found = method === 'GET' ? resolveAppFile(root, url) : undefined;
    if (!found) return respond({ error: errors.fileNotFound });
    if (path.extname(found.file) === '.js') asked();
    respond({ path: found.file, mimeType: found.type, headers: { ...responseHeaders } });
  });
}
