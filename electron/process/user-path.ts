/** The search path that is the user's own, as it is kept by the system: folders, and `;` between them. */

/** Where the system keeps one that a program may change; each change is for programs started later. */
export interface UserPath {
  has(folder: string): boolean;
  /** Puts the folder at its end, once. Rejects with a sentence. */
  add(folder: string): Promise<void>;
  /** Takes it away, however often it is there. Rejects with a sentence. */
  remove(folder: string): Promise<void>;
}

/** `resolve`: puts values in place of variables such as `%APPDATA%`. */
type Resolve = (entry: string) => string;

export function pathHas(path: string, folder: string, resolve: Resolve): boolean {
  return path.split(';').some((entry) => isFolder(entry, folder, resolve));
}

/** What else stands in the path stays as it is, to the letter. */
export function pathWith(path: string, folder: string, resolve: Resolve): string {
  if (pathHas(path, folder, resolve)) return path;
  return path === '' || path.endsWith(';') ? path + folder : `${path};${folder}`;
}

export function pathWithout(path: string, folder: string, resolve: Resolve): string {
  return path
    .split(';')
    .filter((entry) => !isFolder(entry, folder, resolve))
    .join(';');
}

/** Windows knows no capital letters in names, and an entry may be quoted, or end with a separator. */
function isFolder(entry: string, folder: string, resolve: Resolve): boolean {
  const bare = (text: string): string =>
    resolve(text.trim().replaceAll('"', ''))
      .replace(/[\\/]+$/, '')
      .toLowerCase();
  return bare(entry) !== '' && bare(entry) === bare(folder);
}
