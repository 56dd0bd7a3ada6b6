/** Broken: the app's doors, what it installs, what it shows. */
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
    guard: { file: 'electron/window/window.test.ts', name: 'never lead elsewhere' },
  },
  {
    name: 'inline-script-allowed',
    harm: 'A line of a gateway’s log that became markup runs as a program.',
    file: 'electron/window/app-files.ts',
    find: `"script-src 'self'"`,
    replace: `"script-src 'self' 'unsafe-inline'"`,
    guard: {
      file: 'electron/window/window.test.ts',
      name: 'nothing inline, evaluated or from elsewhere',
    },
  },
  {
    name: 'any-link-opened',
    harm: 'Release notes open any address, and any program that claims one, on a click.',
    file: 'electron/window/lockdown-rules.ts',
    find: 'EXTERNAL_HOSTS.has(url.hostname) &&',
    replace: '',
    guard: { file: 'electron/window/window.test.ts', name: 'lockdown' },
  },
  {
    name: 'new-command-unasked',
    harm: 'A window that was taken over has any program run.',
    file: 'electron/ipc/handlers.ts',
    find: 'if (question) await confirm(question);',
    replace: '',
    guard: { file: 'electron/ipc/profile-guard.test.ts', name: 'has nothing run without the user' },
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
    name: 'window-does-not-ask-again',
    harm: 'The window stands still after one lost patch.',
    file: 'renderer/store/mirror.ts',
    find: '    waiting = [patch];\n    void ask();\n',
    replace: '',
    guard: {
      file: 'renderer/store/mirror.test.ts',
      name: 'asks for a snapshot again when a patch was missed, and ends up with the truth',
    },
  },
  {
    name: 'copied-image-not-hashed',
    harm: 'A file that was swapped after its check is installed and started.',
    file: 'electron/update/appimage.ts',
    find: 'if (copied.sha512 !== sha512) {',
    replace: "if (copied.sha512 === '') {",
    guard: {
      file: 'electron/update/appimage-origin.test.ts',
      name: 'bytes that were exchanged after they had been checked are not installed',
    },
  },
  {
    name: 'old-link-not-kept',
    harm: 'A new version that does not start leaves the user without any.',
    file: 'electron/update/appimage.ts',
    find: '        linkSync(appFile, names.oldLink);\n',
    replace: '',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'prepares everything, then hands over in the right order, and quits',
    },
  },
  {
    name: 'feed-without-a-cap',
    harm: 'A feed that answers without end takes all memory.',
    file: 'electron/update/feed-file.ts',
    find: "if (bytes > MAX_BYTES) throw feedError('FEED_TOO_LARGE');",
    replace: '',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'of a feed of 3 MB is ended before it is read',
    },
  },
  {
    name: 'feed-with-anchors',
    harm: 'A feed of 1 KB blocks the app for minutes.',
    file: 'electron/update/feed-file.ts',
    find: "if (Reflect.get(state, 'anchor') !== null) throw new Error('An anchor in a feed file.');",
    replace: '',
    guard: { file: 'electron/update/feed-file.test.ts', name: 'with an anchor' },
  },
  {
    name: 'redirect-leaves-https',
    harm: 'Whoever is on the wire says what is installed.',
    file: 'electron/update/http-client.ts',
    find: "if (leaves || !isSafeAddress(url)) throw feedError('LEFT_HTTPS');",
    replace: '',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'neither feed nor file is ever taken from an address without encryption',
    },
  },
  {
    name: 'check-without-an-end',
    harm: 'A server that never answers holds up every later check.',
    file: 'electron/update/feed.ts',
    find: "late.abort(feedError('TIMED_OUT'))",
    replace: 'undefined',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'that is never answered ends at its deadline with its connection, and the next one is good',
    },
  },
  {
    name: 'download-without-a-bound',
    harm: 'A hostile server fills the disk.',
    file: 'electron/update/download.ts',
    find: "if (partial.bytes + piece.length > file.size) throw feedError('FILE_TOO_LONG');",
    replace: '',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'of more than was offered is ended and deleted',
    },
  },
  {
    name: 'older-version-installed',
    harm: 'A replayed feed brings back a version whose holes are known.',
    file: 'electron/update/trust.ts',
    find: 'if (isNewer(offer.version, installedVersion)) return;',
    replace: "if (offer.version !== '') return;",
    guard: { file: 'electron/update/updater.test.ts', name: 'an older version in the feed' },
  },
  {
    name: 'failed-update-not-put-back',
    harm: 'An update that was refused half way leaves gateways stopped and files beside the app.',
    file: 'electron/update/put-back.ts',
    find: '  installer.undo(one.prepared);\n',
    replace: '',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'held and cancelled puts everything back',
    },
  },
  {
    name: 'second-click-not-dropped',
    harm: 'Two clicks on Update are two updates at once, and the window tells of a failure.',
    file: 'electron/update/updater.ts',
    find: 'if (busy || unavailable) return;',
    replace: 'if (unavailable) return;',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'prepares everything, then hands over in the right order, and quits',
    },
  },
  {
    name: 'leftover-image-not-swept',
    harm: 'Each crash while an update is prepared leaves a whole image beside the app, for good.',
    file: 'electron/update/updater.ts',
    find: '      deps.installer.sweep(live);\n',
    replace: '',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'leaves nothing of an attempt that was begun and never armed',
    },
  },
  {
    name: 'leftover-attempt-not-swept',
    harm: 'Each crash while an update is prepared leaves an unpacked runtime, for good.',
    file: 'electron/update/updater.ts',
    find: 'if (abandoned) rmSync(own',
    replace: 'if (abandoned && live === attempt) rmSync(own',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'leaves nothing of an attempt that was begun and never armed',
    },
  },
  {
    name: 'live-attempt-swept',
    harm: 'An app that is started in the middle of an update deletes the way back.',
    file: 'electron/update/updater.ts',
    find: '      deps.installer.sweep(live);\n',
    replace: '      deps.installer.sweep(null);\n',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'keeps its hands off an attempt that is under way',
    },
  },
  {
    name: 'quit-takes-the-gateways-along',
    harm: 'Whoever closes the app loses the gateway that was to run on.',
    file: 'electron/lifecycle/quit-flow.ts',
    find: "if (gateways === 'stop') {",
    replace: 'if (gateways !== undefined) {',
    guard: { file: 'electron/lifecycle/quit.test.ts', name: 'leaves the gateways alone' },
  },
  {
    name: 'secrets-in-the-log',
    harm: 'A token in an address is in the log that the user attaches to a report.',
    file: 'electron/logging/logging.ts',
    find: 'redact(textOf(part).slice(0, MAX_LINE))',
    replace: 'textOf(part)',
    guard: {
      file: 'electron/logging/logging.test.ts',
      name: 'is for its user alone, dated, and free of secrets',
    },
  },
  {
    name: 'link-replaced',
    harm: 'The link by which the app is started becomes the app, and the file behind it stays old.',
    file: 'electron/update/preflight.ts',
    find: 'if (!found.isFile()) {',
    replace: 'if (found.isDirectory()) {',
    guard: {
      file: 'electron/update/preflight.test.ts',
      name: 'in whose place there is a link, or nothing any more',
    },
  },
  {
    name: 'begun-without-a-watcher',
    harm: 'An update is begun, and nobody hears that gateways have to be brought back.',
    file: 'electron/update/preflight.ts',
    find: '!facts.connected || !watcher',
    replace: '!watcher',
    guard: {
      file: 'electron/update/preflight.test.ts',
      name: 'is not begun without a line to the watcher',
    },
  },
];
