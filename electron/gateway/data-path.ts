/** Paths in a profile: `{data}` stands for the gateway's data folder, and relative ones lie in it. */
import { resolve } from 'node:path';

export function dataPath(path: string, dataDir: string): string {
  return resolve(dataDir, path.replaceAll('{data}', dataDir));
}
