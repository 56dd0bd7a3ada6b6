/** The `app://` scheme: the window's files, and nothing else on this machine. */
// biome-ignore lint/style/noRestrictedImports: the window's own files, inside the app's archive.
import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { appScheme, resolveAppFile, responseHeaders } from './app-files.ts';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    // Compiled scripts are kept between starts, as for pages of the web.
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the files under `root` (the built renderer) to `session`. */
export function serveAppFiles(session: Session, root: string): void {
  session.protocol.handle(appScheme, async (request) => {
    const found = request.method === 'GET' ? resolveAppFile(root, request.url) : undefined;
    if (!found) return refuse();
    try {
      // A Response takes only bytes in an ArrayBuffer, not in a shared one.
      const body = new Uint8Array(await readFile(found.file));
      return new Response(body, { headers: { ...responseHeaders, 'Content-Type': found.type } });
    } catch {
      return refuse();
    }
  });
}

function refuse(): Response {
  return new Response('There is no such file.', {
    status: 404,
    headers: { ...responseHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
