/** Gateways in files and in an order of one's own. */
import { counts } from './counting.ts';

export const transfer = {
  export: 'Export…',
  exportAll: 'Export all…',
  exportTitle: 'Export gateways',
  exported: (count: number, file: string): string =>
    `${counts.number(count)} ${counts.plural(count, { one: 'gateway is', other: 'gateways are' })} in ${file}. The values of variables are in it too: keep it to yourself.`,
  import: 'Import from a file…',
  importTitle: 'Import gateways',
  imported: (names: string): string => `Added: ${names}. Nothing is started until you start it.`,
  moveHint: 'Drag it, or press Alt and ↑ or ↓, to move it in the list.',
};
