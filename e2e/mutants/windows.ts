/**
 * Broken on Windows, each caught by a test that runs on a Windows Node: real jobs, real processes.
 * Their names begin with `on-windows-`: scripts/test.mjs tells by it where one runs.
 */
import type { Mutant } from './types.ts';

const jobs = 'electron/process/windows/jobs.windows.test.ts';

export const windowsMutants: readonly Mutant[] = [
  {
    name: 'on-windows-breakaway-bit-dropped',
    harm: 'The watcher stays in the app’s job and needs another parent where none was needed.',
    file: 'electron/process/windows/creation-flags.ts',
    find: 'const job = breakaway ? breakawayFromJob : 0;',
    replace: 'const job = 0;',
    guard: { file: jobs, name: 'breaks away from a job that allows it' },
  },
  {
    name: 'on-windows-no-second-try-without-the-bit',
    harm: 'In a job that denies breaking away nothing can be started at all.',
    file: 'electron/process/windows/escape.ts',
    find: 'if (first.error !== accessDenied)',
    replace: 'if (first.error !== 0)',
    guard: { file: jobs, name: 'leaves a job that denies it (error 5)' },
  },
  {
    name: 'on-windows-success-trusted',
    harm: 'A start that said nothing counts as escaped, and its process dies with the outer job.',
    file: 'electron/process/windows/escape.ts',
    find: 'return { rung, created, inJob: isInJob(created.pid) };',
    replace: 'return { rung, created, inJob: false };',
    guard: { file: jobs, name: 'is not deceived by an inner job' },
  },
  {
    name: 'on-windows-respawn-without-escape',
    harm: 'A watcher that is in a job itself brings a gateway back inside that job.',
    file: 'electron/process/windows/escape.ts',
    find: 'return letRun(climb(spec), spec, waiter);',
    replace: 'return letRun(direct(spec), spec, waiter);',
    guard: { file: jobs, name: 'leaves a job that denies it (error 5)' },
  },
  {
    name: 'on-windows-gateway-without-console',
    harm: 'Every console program that a gateway starts opens a black window on the desktop.',
    file: 'electron/process/windows/creation-flags.ts',
    find: "const console = kind === 'gateway' ? 0 : detachedProcess;",
    replace: 'const console = detachedProcess;',
    guard: {
      file: 'electron/process/windows/flash.windows.test.ts',
      name: 'a console program that a gateway starts opens no window',
    },
  },
  {
    name: 'on-windows-record-disowned',
    harm: 'A gateway whose environment can’t be read is a stranger to the next watcher.',
    file: 'electron/gateway/ledger/adoption.ts',
    find: 'if (!refusal) return {',
    replace: 'if (!refusal && findCarrier(profile, undefined, places)) return {',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'believes its own record, whatever the process shows of itself',
    },
  },
  {
    name: 'on-windows-child-of-a-recycled-pid-taken',
    harm: 'The pid of an ended gateway is given to another program, and that one’s children are ended.',
    file: 'electron/process/windows/tree.ts',
    find: 'return isReused && born >= BigInt(holder) ? undefined : startedAt;',
    replace: 'return isReused && holder === undefined ? undefined : startedAt;',
    guard: {
      file: 'electron/process/windows/tree.windows.test.ts',
      name: 'the children of the present holder of a recycled pid are not those of the one before',
    },
  },
  {
    name: 'on-windows-nonce-not-read',
    harm: 'A gateway whose record is lost is taken for a stranger, and a second one started.',
    file: 'electron/process/windows/memory.ts',
    find: 'return entry?.slice(prefix.length);',
    replace: "return entry === '' ? entry : undefined;",
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'finds its gateway by the nonce it carries when the record is lost',
    },
  },
  {
    name: 'on-windows-installer-exit-0-trusted',
    harm: 'An installer says 0 and has done nothing, and the update goes on as if it had.',
    file: 'electron/watcher/update/app-files.ts',
    find: 'if (found.buildId === plan.fromBuild) {',
    replace: "if (found.buildId === '') {",
    guard: {
      file: 'electron/watcher/update/installer.test.ts',
      name: 'that ends with 0 and has done nothing',
    },
  },
  {
    name: 'on-windows-all-handles-inherited',
    harm: 'A gateway keeps sockets and files of the watcher open, and a port stays held when it ends.',
    file: 'electron/process/windows/create-process.ts',
    find: 'win32().UpdateProcThreadAttribute(list, 0, attributeHandles, handles, streams.length * 8, null, null,);',
    replace: '',
    guard: {
      file: 'electron/process/windows/handles.windows.test.ts',
      name: 'a child inherits its three streams and nothing else',
    },
  },
];
