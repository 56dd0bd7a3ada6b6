/** Broken: the line between app and watcher, and how the two know each other. */
import type { Mutant } from './types.ts';

export const linkMutants: readonly Mutant[] = [
  {
    name: 'server-proof-not-checked',
    harm: 'The app obeys any program that took the watcher’s socket first.',
    file: 'electron/rpc/client.ts',
    find: "if (!proofMatches(prove(secret, 'server', mine, theirs.challenge), theirs.proof)) {",
    replace: "if (theirs.proof === '') {",
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'finds out a server that does not know the secret before telling it anything',
    },
  },
  {
    name: 'silence-not-noticed',
    harm: 'The watcher hangs, and the window shows its last state for ever.',
    file: 'electron/rpc/client.ts',
    find: 'if (this.#pings === maxPings) {',
    replace: 'if (this.#pings < 0) {',
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'says that a watcher does not answer',
    },
  },
  {
    name: 'vanished-socket-not-restored',
    harm: 'A cleaner of temporary folders makes the watcher unreachable for ever.',
    file: 'electron/rpc/endpoint-guard.ts',
    find: 'if (isSocketFile && !existsSync(endpoint.socket)) {',
    replace: 'if (!isSocketFile) {',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'listens again where its socket was',
    },
  },
  {
    name: 'client-proof-not-checked',
    harm: 'Any program that finds the socket stops gateways and starts updates.',
    file: 'electron/rpc/connection.ts',
    find: 'if (!proof.success || !proofMatches(this.#expectedProof, proof.data.proof)) {',
    replace: 'if (!proof.success) {',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'refuses a client that does not know the secret',
    },
  },
  {
    name: 'request-not-parsed',
    harm: 'What a client sends reaches the handlers unread.',
    file: 'electron/rpc/dispatch.ts',
    find: 'const input = z.safeParse(contract.calls[call]?.input ?? z.never(), request.input);',
    replace:
      'const input = { success: true, data: request.input, error: new z.core.$ZodError([]) };',
    guard: { file: 'electron/rpc/dispatch.test.ts', name: 'refuses input that does not fit' },
  },
  {
    name: 'inherited-names-are-calls',
    harm: 'A client calls "constructor", and what an object inherits is run.',
    file: 'electron/rpc/dispatch.ts',
    find: 'return Object.hasOwn(contract.calls, name);',
    replace: 'return name in contract.calls;',
    guard: {
      file: 'electron/rpc/dispatch.test.ts',
      name: 'refuses calls that are not in the contract, inherited names included',
    },
  },
  {
    name: 'frames-without-a-cap',
    harm: 'One endless line fills the watcher’s memory, and every gateway loses its supervisor.',
    file: 'electron/rpc/frames.ts',
    find: 'if (bytes > cap) throw',
    replace: 'if (bytes > cap * 1e9) throw',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'hangs up on a request that is too long, and on a message that is no request',
    },
  },
  {
    name: 'other-users-admitted',
    harm: 'Another user of the machine gets as far as guessing at the secret.',
    file: 'electron/rpc/server.ts',
    find: 'if (user === undefined || user === process.getuid?.()) return true;',
    replace: 'if (user !== null) return true;',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'hangs up on clients of another user at once',
    },
  },
  {
    name: 'strangers-without-bound',
    harm: 'A flood of connections takes the watcher’s descriptors, and no gateway can be started.',
    file: 'electron/rpc/server.ts',
    find: 'this.#sockets.size >= maxConnections || ',
    replace: '',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'has room for a bounded number of strangers',
    },
  },
  {
    name: 'stale-mirror-gives-up',
    harm: 'A window that could not read the newer state once shows an old one for ever.',
    file: 'electron/contract/mirror.ts',
    find: 'this.#cancelRetry = this.#deps.later(() => void this.refresh());',
    replace: '',
    guard: {
      file: 'electron/link/mirror.test.ts',
      name: 'a state that can’t be read is old since then, asked for again, and then current',
    },
  },
  {
    name: 'older-protocol-spoken-to',
    harm: 'After an update the app talks to a watcher that does not understand it.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol < protocolVersion) {',
    replace: 'if (hello.protocol < 0) {',
    guard: { file: 'electron/link/protocol.test.ts', name: 'an older watcher makes room' },
  },
  {
    name: 'newer-protocol-spoken-to',
    harm: 'An older app calls a newer watcher by its older protocol, and shows what it can’t read.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol > protocolVersion) {',
    replace: 'if (hello.protocol < 0) {',
    guard: { file: 'electron/link/protocol.test.ts', name: 'a newer watcher is left alone' },
  },
  {
    name: 'newer-watcher-pushed-aside',
    harm: 'Starting an older app puts an older watcher in the place of a newer one.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol > protocolVersion) {',
    replace:
      'if (hello.protocol < 0) {\n    }\n    if (hello.protocol !== protocolVersion) {\n      const other = await this.#launch(true);\n      return this.#attach(other.launched.connection);',
    guard: { file: 'electron/link/protocol.test.ts', name: 'a newer watcher is left alone' },
  },
  {
    name: 'staged-watcher-not-verified',
    harm: 'Whatever was put into the staged folder runs outside the app, and stays.',
    file: 'electron/link/launch.ts',
    find: '  await verifyStage(stage);\n',
    replace: '',
    guard: { file: 'electron/link/launch.test.ts', name: 'before the start is not run' },
  },
];
