/**
 * Leaves out electron-log's way of sending lines to a server. Holdfast's logs stay on the machine, and that
 * way loads Node's HTTP at each start of the app (7 ms).
 */
import type { Plugin } from 'vite';

const id = '\0electron-log-remote';

export function logsStayHere(): Plugin {
  return {
    name: 'holdfast:logs-stay-here',
    enforce: 'pre',
    resolveId(source, importer) {
      const isRemote = source === './transports/remote' && importer?.includes('/electron-log/');
      return isRemote ? id : null;
    },
    load(asked) {
      if (asked !== id) return null;
      return `module.exports = () => Object.assign(() => {}, { level: false, transforms: [] });`;
    },
  };
}
