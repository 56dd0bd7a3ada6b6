/** The window's own files: the file and the type for an address, and the headers for all of them. */
import path from 'node:path';

export const appScheme = 'app';
export const appHost = 'holdfast';
/** The one origin the window ever shows. */
export const appOrigin = `${appScheme}://${appHost}`;
export const appEntry = `${appOrigin}/index.html`;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Everything comes from the app itself; no inline script or style, no network, no frames. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Sent with every file. */
export const responseHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export interface AppFile {
  /** Absolute path, under the root. */
  readonly file: string;
  readonly type: string;
}

/**
 * The file under `root` that `address` means, or undefined when it means none: another host, a
 * name that leads outside, a type the window does not use.
 */
export function resolveAppFile(root: string, address: string): AppFile | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== `${appScheme}:` || url.host !== appHost) return undefined;
  let name: string;
  try {
    name = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  // Backslashes and colons have a meaning on Windows; the app's own files have none.
  if (!/^\/[\w./-]*$/.test(name) || name.split('/').some((part) => part.startsWith('.'))) {
    return undefined;
  }
  const file = path.join(root, name === '/' ? 'index.html' : name);
  if (!file.startsWith(path.join(root, path.sep))) return undefined;
  const type = types[path.extname(file)];
  return type === undefined ? undefined : { file, type };
}
