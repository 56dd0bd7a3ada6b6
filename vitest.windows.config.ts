/**
 * The tests that run on Windows: a Windows Node under Wine here, real Windows elsewhere. Everything
 * in the rooms that run outside of Electron, but what the list below gives a reason for.
 */
import { appendFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/reporters';
import base from './vitest.config.ts';

/**
 * Keeps the titles of failed tests as they fail, a line each: the report is written in the end, and a
 * crash of Wine's server leaves none. A run with a failure is never repeated.
 */
const failures: Reporter = {
  onTestCaseResult(test) {
    if (test.result().state === 'failed') keep(test.fullName);
  },
  onTestModuleEnd(module) {
    if (module.errors().length > 0) keep(module.moduleId);
  },
};
const keep = (title: string): void =>
  appendFileSync('test-results/windows-failures.txt', `${title}\n`);

/**
 * Each command takes a second and more under Wine. In CI those files whose answers depend on the system:
 * paths, consoles, locks, processes, logs, the entry for the login; `--all` runs every file.
 */
const commandLine = process.env.HOLDFAST_WINDOWS_ALL
  ? ['electron/cli/**/*.test.ts']
  : [
      'electron/cli/{cli,compile-cache,completion,list,log-times,logs,manual,open}.test.ts',
      'electron/cli/{diagnostics,doctor}/*.test.ts',
    ];

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      'electron/{contract,gateway,process,staging,transaction}/**/*.test.ts',
      'electron/files/{disk-problem,durable-write,folder-list,verified-copy}.test.ts',
      'electron/rpc/frames.test.ts',
      'electron/reference-gateway/*.test.ts',
      ...commandLine,
      // The others start many watchers, a second each under Wine: link/outside.windows.test.ts does
      // what they do in one go.
      'electron/watcher/{parts,server}.test.ts',
      'electron/watcher/update/installer.test.ts',
      'electron/watcher/succession/machine.test.ts',
      'electron/update/nsis.test.ts',
      'electron/lifecycle/move-state.test.ts',
      'electron/**/*.windows.test.ts',
    ],
    exclude: [
      'electron/process/{linux,darwin}/**',
      // No program on Windows can be given a listening socket at its start.
      'electron/process/held-sockets.test.ts',
      'electron/gateway/held-port.test.ts',
      // Login shells, search paths, #! lines and limits of POSIX.
      'electron/process/{login-shell,search-path,why-not-started}.test.ts',
      // Bundles are of macOS.
      'electron/transaction/app-bundle.test.ts',
      // Tried on Linux only: what Windows tells of a folder that is removed itself is not known.
      'electron/process/folder-watch.test.ts',
      // Processes of a second user.
      'electron/process/another-user.test.ts',
      // Its checkout needs git, which the Windows that Wine makes does not have.
      'electron/cli/hermes-update.test.ts',
      // Signals to a family, daemons, shell commands and links to logs: none of them is of Windows.
      'electron/gateway/faults/**',
      'electron/gateway/{stop/{ends,stop-family},profiles/environment,logs/log-keeper,health/suggestion}.test.ts',
    ],
    // One after another: Wine's server is one process for all of them.
    fileParallelism: false,
    reporters: process.env.HOLDFAST_REPORT ? ['default', 'json', failures] : ['default'],
    outputFile: { json: 'test-results/windows.json' },
  },
});
