/** Broken: the app’s window, calls and logs, the command line, and what all rooms share. */
import type { Mutant } from './types.ts';

export const appMutants: readonly Mutant[] = [
  {
    name: 'sender-not-asked',
    harm: 'A page that got into the window stops gateways and installs updates.',
    file: 'electron/ipc/ipc-server.ts',
    find: 'if (!deps.isTrusted(event)) {',
    replace: 'if (deps.isTrusted === undefined) {',
    guard: {
      file: 'electron/ipc/ipc.test.ts',
      name: 'refuses strangers before it reads what they say',
    },
  },
  {
    name: 'frames-inside-trusted',
    harm: 'A frame inside our page may do what the page may.',
    file: 'electron/ipc/sender.ts',
    find: 'frame !== mainFrame || frame.parent !== null',
    replace: 'frame.url !== mainFrame.url',
    guard: { file: 'electron/ipc/ipc.test.ts', name: 'not a frame inside it' },
  },
  {
    name: 'payload-not-parsed',
    harm: 'What the window sends reaches the main process unread.',
    file: 'electron/ipc/ipc-server.ts',
    find: 'const parsed = z.safeParse(appContract.calls[name].input, input);',
    replace: 'const parsed = { success: true, data: input, error: new z.core.$ZodError([]) };',
    guard: { file: 'electron/ipc/ipc.test.ts', name: 'parses what comes in' },
  },
  {
    name: 'new-command-without-asking',
    harm: 'A window that was taken over has any program run.',
    file: 'electron/ipc/handlers.ts',
    find: 'if (question) await confirm(question);',
    replace: '',
    guard: { file: 'electron/ipc/profile-guard.test.ts', name: 'has nothing run without the user' },
  },
  {
    name: 'new-phone-without-asking',
    harm: 'A window that was taken over sends what it knows to any server.',
    file: 'electron/ipc/handlers.ts',
    find: 'if (!URL.canParse(address) || (await confirmPhone(new URL(address).host))) return;',
    replace: 'if (confirmPhone !== undefined || address) return;',
    guard: { file: 'electron/ipc/phone.test.ts', name: 'nothing is sent to a new host' },
  },
  {
    name: 'quit-takes-the-gateways-along',
    harm: 'Closing the app ends the gateway that should run on.',
    file: 'electron/lifecycle/quit-flow.ts',
    find: "if (gateways === 'stop' && ",
    replace: 'if (gateways !== undefined && ',
    guard: { file: 'electron/lifecycle/quit.test.ts', name: 'leaves the gateways alone' },
  },
  {
    name: 'app-scheme-escapes',
    harm: 'The window reads any file of the user through the app:// scheme.',
    file: 'electron/window/app-files.ts',
    find: `  if (!/^\\/[\\w./-]*$/.test(name) || name.split('/').some((part) => part.startsWith('.'))) {
    return undefined;
  }
  const file = path.join(root, name === '/' ? 'index.html' : name);
  if (!file.startsWith(path.join(root, path.sep))) return undefined;
`,
    replace: "  const file = path.join(root, name === '/' ? 'index.html' : name);\n",
    guard: { file: 'electron/window/window.test.ts', name: 'never lead out of the root' },
  },
  {
    name: 'inline-script-allowed',
    harm: 'A line of a gateway’s log that became markup runs as a program.',
    file: 'electron/window/app-files.ts',
    find: `"script-src 'self'"`,
    replace: `"script-src 'self' 'unsafe-inline'"`,
    guard: {
      file: 'electron/window/window.test.ts',
      name: 'nothing inline, evaluated or from outside',
    },
  },
  {
    name: 'any-link-opened',
    harm: 'Release notes open any address, and any program that claims one, on a click.',
    file: 'electron/window/lockdown-rules.ts',
    find: 'externalHosts.has(url.hostname) &&',
    replace: '',
    guard: { file: 'electron/window/window.test.ts', name: 'lockdown' },
  },
  {
    name: 'window-does-not-ask-again',
    harm: 'The window stands still after one lost patch.',
    file: 'electron/contract/mirror.ts',
    find: 'if (!whole) void this.refresh();',
    replace: '',
    guard: {
      file: 'renderer/store/mirror.test.ts',
      name: 'asks for a snapshot again when a patch was missed, and ends up with the true state',
    },
  },
  {
    name: 'a-terminal-obeys-a-log',
    harm: 'A stranger writes to a gateway, and the clipboard of its user is theirs.',
    file: 'electron/cli/logs.ts',
    find: 'put(plainText(text), open === true);',
    replace: 'put(text, open === true);',
    guard: { file: 'electron/cli/logs.test.ts', name: 'writes out what a terminal would obey' },
  },
  {
    name: 'patch-gap-ignored',
    harm: 'The window shows a state that never was, until it is opened again.',
    file: 'electron/contract/snapshot.ts',
    find: "if (patch.revision !== mirror.revision + 1) return 'gap';",
    replace: '',
    guard: {
      file: 'electron/contract/snapshot.test.ts',
      name: 'says gap when a patch was missed, and old when it raced the snapshot',
    },
  },
  {
    name: 'one-gateway-blinds-all',
    harm: 'A gateway that reports nonsense hides every other one from window and command line.',
    file: 'electron/contract/readable.ts',
    find: "const view = 'value' in whole ? whole.value : salvageView(id, raw, whole.issue);",
    replace: 'const view = raw as GatewayView;',
    guard: {
      file: 'electron/watcher/state.test.ts',
      name: 'publishes the other gateways while one has a report that can’t be published',
    },
  },
  {
    name: 'proof-reflected',
    harm: 'A program without the secret sends the watcher’s own proof back, and is let in.',
    file: 'electron/contract/wire.ts',
    find: 'return `holdfast-1 ${role} ${clientChallenge} ${serverChallenge}`;',
    replace:
      "role = 'client';\n  return `holdfast-1 ${role} ${clientChallenge} ${serverChallenge}`;",
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'does not take its own proof for a client’s',
    },
  },
  {
    name: 'secrets-in-the-log',
    harm: 'A token in an address is in the log that the user attaches to a report.',
    file: 'electron/logging/logging.ts',
    find: 'redact(textOf(part).slice(0, maxLine))',
    replace: 'textOf(part)',
    guard: {
      file: 'electron/logging/logging.test.ts',
      name: 'is for its user alone, dated, and free of secrets',
    },
  },
];
