/**
 * The faults of docs/faults.md and the tests that show them. A test names its rows at the end of its
 * title: `a torn journal is cut off [F2, R14]`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {{ id: string, text: string }} Row
 * @typedef {{ id: string, file: string, title: string }} ShownBy
 */

/** The rows of all tables, in their order. @returns {Row[]} */
export function faultRows() {
  const page = readFileSync(path.join(root, 'docs/faults.md'), 'utf8');
  return [...page.matchAll(/^\| *([CFRU]\d+) *\|(.*)\|$/gm)].map(([, id = '', text = '']) => ({
    id,
    text: text.replaceAll(/\s+/g, ' ').trim(),
  }));
}

/** Every id in the title of a test, with its file. @returns {ShownBy[]} */
export function faultTests() {
  const files = ['electron', 'renderer', 'e2e', 'scripts']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        [folder, ...file.split(path.sep)].join('/'),
      ),
    )
    .filter((file) => /\.(test|spec)\.tsx?$|^e2e\/.*\.ts$/.test(file));
  return files.flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const titles = source.matchAll(/(['"`])(.+?) \[([CFRU]\d+(?:, [CFRU]\d+)*)\]\1/g);
    return [...titles].flatMap(([, , title = '', ids = '']) =>
      ids.split(', ').map((id) => ({ id, file, title })),
    );
  });
}
