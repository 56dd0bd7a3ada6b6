/** Broken: the app’s part of an update. */
import type { Mutant } from './types.ts';

export const updateMutants: readonly Mutant[] = [
  {
    name: 'copied-image-not-hashed',
    harm: 'A file that was swapped after its check is installed and started.',
    file: 'electron/update/copy-verified.ts',
    find: "if (hash.digest('base64') !== sha512) {",
    replace: "if (hash.digest('base64') === '') {",
    guard: {
      file: 'electron/update/appimage-origin.test.ts',
      name: 'bytes that were exchanged after they had been checked are not installed',
    },
  },
  {
    name: 'old-link-not-kept',
    harm: 'A new version that does not start leaves the user without any.',
    file: 'electron/update/appimage.ts',
    find: '        await keepUnderSecondName(appFile, names.oldLink);\n',
    replace: '',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'prepares everything, then hands over in the right order',
    },
  },
  {
    name: 'beta-for-everyone',
    harm: 'A user who wants stable versions gets one that is not.',
    file: 'electron/contract/update-channel.ts',
    find: "return channel === 'beta' ? [stable, beta] : [stable];",
    replace: 'return [stable, beta];',
    guard: {
      file: 'electron/update/channels.test.ts',
      name: 'a beta version to who wants those, the stable one to everyone else',
    },
  },
  {
    name: 'hidden-beta',
    harm: 'A server holds back a version, and nobody notices.',
    file: 'electron/update/signed-feed.ts',
    find: 'if (index > 0 && (await signed(name)) === null) continue;',
    replace: 'if (index > 0) continue;',
    guard: {
      file: 'electron/update/channels.test.ts',
      name: 'none while a server hides the beta version that is signed',
    },
  },
  {
    name: 'app-leaves-its-update',
    harm: 'Nothing is on the screen while the gateways are replaced, and nobody brings a lost watcher back.',
    file: 'electron/update/updater.ts',
    find: 'if (installer.needsAppClosed) this.#leave();',
    replace: 'if (installer.objection) this.#leave();',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'the window shows how the gateways come back, until the watcher waits for its end',
    },
  },
  {
    name: 'feed-without-a-cap',
    harm: 'A feed that answers without end takes all memory.',
    file: 'electron/update/feed-file.ts',
    find: "if (bytes > maxBytes) throw feedError('FEED_TOO_LARGE');",
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
    harm: 'Anyone on the network decides what is installed.',
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
    file: 'electron/update/receive.ts',
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
    file: 'electron/update/updater.ts',
    find: 'if (isNewer(version, installed)) return;',
    replace: "if (version !== '') return;",
    guard: { file: 'electron/update/updater.test.ts', name: 'an older version in the feed' },
  },
  {
    name: 'unsigned-file-offered',
    harm: 'Whoever controls the feed’s server runs his program on every machine.',
    file: 'electron/update/signed-feed.ts',
    find: 'if (found?.sha512 === file.sha512 && found.length === file.size) return;',
    replace: 'if (found !== undefined) return;',
    guard: {
      file: 'electron/update/lying-server.test.ts',
      name: 'software of its own, with a feed to match, is refused',
    },
  },
  {
    name: 'revoked-keys-come-back',
    harm: 'A stolen and revoked key signs updates again after one bad answer of the server.',
    file: 'electron/trust/signed-metadata.ts',
    find: 'if (rootName.test(this.#last)) rmSync(this.#keptRoot(this.#last), { force: true });',
    replace:
      'for (const name of this.#roots.keys()) rmSync(this.#keptRoot(name), { force: true });',
    guard: {
      file: 'electron/update/lying-server.test.ts',
      name: 'new root keys are followed along the signatures of the old ones',
    },
  },
  {
    name: 'roots-not-kept',
    harm: 'A server that withholds the newest root makes revoked keys count again.',
    file: 'electron/trust/signed-metadata.ts',
    find: 'source.keepRoots();',
    replace: '',
    guard: {
      file: 'electron/update/lying-server.test.ts',
      name: 'new root keys are followed along the signatures of the old ones',
    },
  },
  {
    name: 'not-checked-outside',
    harm: 'A taken-over app has the watcher install what nobody has signed.',
    file: 'electron/watcher/handlers.ts',
    find: 'const { genuine, folders } = await deps.checkAttempt(attempt);',
    replace:
      "const folders = {}; const genuine = process.getBuiltinModule('crypto').createHash('sha512').update('new app').digest('base64');",
    guard: {
      file: 'electron/watcher/update/genuine.test.ts',
      name: 'an update that nobody can tell to be genuine is not armed',
    },
  },
  {
    name: 'checked-another-file',
    harm: 'The plan is exchanged after its file was found to be genuine, and another file is installed.',
    file: 'electron/watcher/update/objection.ts',
    find: 'if (newFileOf(plan).sha512 !== genuine) {',
    replace: 'if (newFileOf(plan).sha512 === "") {',
    guard: {
      file: 'electron/watcher/update/refusals.test.ts',
      name: 'for another file than the one that was checked',
    },
  },
  {
    name: 'bytes-not-checked-outside',
    harm: 'The check outside the app believes what the app says of its file.',
    file: 'electron/trust/release-check.ts',
    find: 'if (bytes !== signed.length || sha512 !== signed.sha512) {',
    replace: 'if (bytes < 0 || sha512 === "") {',
    guard: {
      file: 'electron/trust/release-check.test.ts',
      name: 'a file with one byte more, another name or another version is refused',
    },
  },
  {
    name: 'failed-update-not-rolled-back',
    harm: 'An update that was refused half way leaves gateways stopped and files beside the app.',
    file: 'electron/update/attempt.ts',
    find: 'installer.undo(one.prepared);',
    replace: '',
    guard: {
      file: 'electron/update/updater.test.ts',
      name: 'held and cancelled rolls everything back',
    },
  },
  {
    name: 'leftover-image-not-swept',
    harm: 'Each crash while an update is prepared leaves a whole image beside the app for ever.',
    file: 'electron/update/sweep.ts',
    find: 'installer.sweep(live);',
    replace: '',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'leaves nothing of an attempt that was begun and never armed',
    },
  },
  {
    name: 'leftover-attempt-not-swept',
    harm: 'Each crash while an update is prepared leaves an unpacked runtime for ever.',
    file: 'electron/update/sweep.ts',
    find: 'if (abandoned) rmSync(folder',
    replace: 'if (abandoned && live === attempt) rmSync(folder',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'leaves nothing of an attempt that was begun and never armed',
    },
  },
  {
    name: 'live-attempt-swept',
    harm: 'An app that is started in the middle of an update deletes what a roll-back needs.',
    file: 'electron/update/sweep.ts',
    find: 'installer.sweep(live);',
    replace: 'installer.sweep(null);',
    guard: {
      file: 'electron/update/sweep.test.ts',
      name: 'keeps its hands off an attempt that is under way',
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
    harm: 'An update begins, and the watcher does not learn that gateways have to be brought back.',
    file: 'electron/update/preflight.ts',
    find: '!facts.connected || !watcher',
    replace: '!watcher',
    guard: {
      file: 'electron/update/preflight.test.ts',
      name: 'is not begun without a line to the watcher',
    },
  },
  {
    name: 'unpacked-without-a-bound',
    harm: 'A new version fills the disk that gateways write to.',
    file: 'electron/update/unpack-stage.ts',
    find: '    untilLarge,\n    untilLate,\n',
    replace: '    untilLate,\n',
    guard: {
      file: 'electron/update/unpack-stage.test.ts',
      name: 'without an end is ended and refused',
    },
  },
  {
    name: 'unpacked-too-much-and-taken',
    harm: 'A new version that unpacks quickly to more than there is room for is staged.',
    file: 'electron/update/unpack-stage.ts',
    find: "exit !== 'late' && isLarge() ?",
    replace: "exit !== 'late' && exit === 'large' ?",
    guard: {
      file: 'electron/update/unpack-stage.test.ts',
      name: 'to too much between two looks at its size is refused once it has ended',
    },
  },
  {
    name: 'unpacking-for-ever',
    harm: 'A new version that never ends unpacking blocks the update for ever.',
    file: 'electron/update/unpack-stage.ts',
    find: '    untilLarge,\n    untilLate,\n',
    replace: '    untilLarge,\n',
    guard: {
      file: 'electron/update/unpack-stage.test.ts',
      name: 'for too long is ended with all it started',
    },
  },
];
