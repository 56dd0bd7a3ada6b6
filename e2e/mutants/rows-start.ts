/** Broken, one row of docs/faults.md each: what a gateway and Holdfast itself are started with. */
import type { Mutant } from './types.ts';

export const startRows: readonly Mutant[] = [
  {
    name: 'reported-path-tries-nothing',
    harm: 'A program that was not found is left waiting although the user’s search path is known now.',
    file: 'electron/watcher/handlers.ts',
    find: 'if (environment.report(reported)) registry.retryStarts();',
    replace: 'environment.report(reported);',
    guard: {
      file: 'electron/watcher/user-environment.test.ts',
      name: 'a program that the watcher does not find is started once the user’s path is reported',
    },
  },
  {
    name: 'prepared-with-an-old-path',
    harm: 'A changed search path counts only from the start after the next one.',
    file: 'electron/gateway/launcher.ts',
    find: 'this.#prepared?.user === locations.user ? this.#prepared : null',
    replace: 'locations.user ? this.#prepared : null',
    guard: {
      file: 'electron/gateway/profiles/environment.test.ts',
      name: 'sees the search path that its user has now, from its next start on',
    },
  },
  {
    name: 'byte-order-mark-kept',
    harm: 'A profile that an editor wrote with a byte-order mark is refused as no JSON.',
    file: 'electron/files/untrusted-file.ts',
    find: 'new TextDecoder()',
    replace: "new TextDecoder('utf-8', { ignoreBOM: true })",
    guard: {
      file: 'electron/gateway/profiles/profiles.test.ts',
      name: 'are read with a byte-order mark, and UTF-16 is named',
    },
  },
  {
    name: 'utf-16-not-named',
    harm: 'Settings in UTF-16 are called broken JSON, which does not say what to do.',
    file: 'electron/files/untrusted-file.ts',
    find: 'if (marked || unmarked)',
    replace: 'if (marked && unmarked)',
    guard: {
      file: 'electron/settings/settings.test.ts',
      name: 'a byte-order mark is no part of the settings, and UTF-16 is named',
    },
  },
  {
    name: 'raised-file-limit-passed-on',
    harm: 'A gateway gets the limit of open files that Node raised for itself, and breaks in select().',
    file: 'electron/gateway/profiles/program.ts',
    find: 'locations.user.openFiles === undefined',
    replace: 'locations.user.openFiles !== null',
    guard: {
      file: 'electron/gateway/profiles/environment.test.ts',
      name: 'may have 256 files open when its user may',
    },
  },
  {
    name: 'python-lines-buffered',
    harm: 'What a Python gateway prints is shown an hour later, or never when it crashes.',
    file: 'electron/gateway/profiles/program.ts',
    find: "{ PYTHONUNBUFFERED: '1' }",
    replace: '{}',
    guard: {
      file: 'electron/gateway/profiles/environment.test.ts',
      name: 'that is Python writes its lines at once, unless its profile {} says otherwise',
    },
  },
  {
    name: 'default-folder-instead',
    harm: 'A --user-data-dir that can’t be made: another Holdfast’s state is used, without a word.',
    file: 'electron/lifecycle/state-root.ts',
    find: 'throw new Error(`${refusal}: ${why} ${disk?.hint ?? advice}`, { cause });',
    replace: 'return;',
    guard: {
      file: 'electron/lifecycle/lifecycle.test.ts',
      name: 'is named, with the reason, when it can’t be made and the default would be used',
    },
  },
  {
    name: 'taken-runtime-name-stops-all',
    harm: 'Another user makes our folder’s name in /tmp first, and Holdfast does not start any more.',
    file: 'electron/process/runtime-folder.ts',
    find: 'found ?? makeRandom(shared, name)',
    replace: 'found',
    guard: {
      file: 'electron/process/environment.test.ts',
      name: 'whose name was taken beforehand gets one that can’t be, the same for every program',
    },
  },
  {
    name: 'relative-runtime-folder',
    harm: 'An empty XDG_RUNTIME_DIR: each program looks for the watcher’s socket in another folder.',
    file: 'electron/process/runtime-folder.ts',
    find: 'path !== undefined && isAbsolute(path) ? path : undefined',
    replace: 'path',
    guard: {
      file: 'electron/process/environment.test.ts',
      name: 'is not looked for in a variable that says',
    },
  },
  {
    name: 'runtime-folder-left-open',
    harm: 'Other users can look into the folder that holds the watcher’s socket.',
    file: 'electron/process/runtime-folder.ts',
    find: 'if ((stat.mode & 0o077) !== 0)',
    replace: 'if (stat.mode === 0)',
    guard: {
      file: 'electron/process/environment.test.ts',
      name: 'that is a link is left alone, and one of ours that stands open is closed',
    },
  },
  {
    name: 'a-link-is-another-state-folder',
    harm: 'The same folder reached through a link counts as another: two watchers for one state.',
    file: 'electron/files/state-folder.ts',
    find: 'return realpathSync(full);',
    replace: 'return full;',
    guard: {
      file: 'electron/files/state-folder.test.ts',
      name: 'has one name, no matter which links lead to it, before and after it is made',
    },
  },
  {
    name: 'nul-reaches-the-system',
    harm: 'A command with a NUL character runs as the program that its first half names.',
    file: 'electron/process/spawn-detached.ts',
    find: 'refuseNul(spec); return platform.spawn',
    replace: 'return platform.spawn',
    guard: {
      file: 'electron/process/spawn-detached.test.ts',
      name: 'nothing is started that the system would cut off at a NUL character',
    },
  },
  {
    name: 'nul-in-a-profile',
    harm: 'A profile with a NUL character is read as if it were good.',
    file: 'electron/contract/probes.ts',
    find: "!value.includes('\\0')",
    replace: "value !== '\\0'",
    guard: {
      file: 'electron/gateway/profiles/profiles.test.ts',
      name: 'are refused with a NUL character in',
    },
  },
  {
    name: 'inherited-names-meant',
    harm: 'A gateway called “constructor” never leaves the window.',
    file: 'electron/contract/snapshot.ts',
    find: 'return Object.hasOwn(tree, key) ? tree[key] : undefined;',
    replace: 'return tree[key];',
    guard: {
      file: 'electron/contract/snapshot.test.ts',
      name: 'treat a key named constructor, which every object inherits, like any other',
    },
  },
];
