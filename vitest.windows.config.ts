/**
 * The tests that run on Windows: a Windows Node under Wine here, real Windows elsewhere. Everything
 * in the rooms that run outside of Electron, but what the list below gives a reason for.
 */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      'electron/{contract,process}/**/*.test.ts',
      'electron/gateway/*.test.ts',
      'electron/handoff/*.test.ts',
      'electron/reference-gateway/*.test.ts',
      // The others start many watchers, a second each under Wine: link/outside.windows.test.ts does
      // what they do in one go.
      'electron/watcher/{carry-install,parts,server,succession-machine}.test.ts',
      'electron/update/nsis.test.ts',
      'electron/**/*.windows.test.ts',
    ],
    exclude: [
      'electron/process/{linux,darwin}/**',
      // Login shells, search paths, #! lines and limits of POSIX.
      'electron/process/{login-shell,open-files,search-path,why-not-started}.test.ts',
      // Pipes and links in the place of logs; processes of a second user.
      'electron/process/{another-user,log-file}.test.ts',
      // Signals to a family, daemons, shell commands and links to logs: none of them is of Windows.
      'electron/gateway/{ends,environment,log-keeper,stop-family,suggestion}.test.ts',
      // Owner and mode of folders.
      'electron/handoff/state-folder.test.ts',
    ],
    // One after another: Wine's server is one process for all of them.
    fileParallelism: false,
    outputFile: { json: 'test-results/windows.json' },
  },
});
