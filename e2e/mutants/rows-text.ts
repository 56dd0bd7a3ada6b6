/** Broken, one row of docs/faults.md each: logs, what is said, and the words of others in it. */
import type { Mutant } from './types.ts';

const act = 'electron/cli/act.test.ts';

export const textRows: readonly Mutant[] = [
  {
    name: 'unfinished-line-not-shown',
    harm: 'A gateway asks for a code without a line end, and the question is not shown.',
    file: 'electron/gateway/logs/log-lines.ts',
    find: 'this.#skipping || bytes.length === 0',
    replace: 'this.#skipping || bytes.length >= 0',
    guard: {
      file: 'electron/gateway/logs/log.test.ts',
      name: 'a question without a line end is shown while it waits, and goes on in its own line',
    },
  },
  {
    name: 'starts-glued-together',
    harm: 'The first line of a start is glued to what the start before left unfinished.',
    file: 'electron/files/log-file.ts',
    find: 'last[0] !== lineEnd',
    replace: 'last[0] === lineEnd',
    guard: {
      file: 'electron/gateway/logs/log-keeper.test.ts',
      name: 'begins each start on a new line, whatever the last one left unfinished',
    },
  },
  {
    name: 'progress-as-one-long-line',
    harm: 'A progress bar is shown as one line of 4 KB, and its newest state not at all.',
    file: 'electron/gateway/logs/log-lines.ts',
    find: 'line.lastIndexOf(carriageReturn, end - 1) + 1',
    replace: '0',
    guard: {
      file: 'electron/gateway/logs/log.test.ts',
      name: 'carriage returns begin a line again: of a long progress its newest state is shown',
    },
  },
  {
    name: 'taken-log-not-said',
    harm: 'Another program moves a log away, and its window stays empty without a word.',
    file: 'electron/gateway/logs/log-keeper.ts',
    find: 'location.moved ? movedLogProblem(name(), file, location) : null',
    replace: 'null',
    guard: {
      file: 'electron/gateway/logs/log-keeper.test.ts',
      name: 'removed: is reported, shown, kept small, and written again from the next start on',
    },
  },
  {
    name: 'waits-in-silence',
    harm: '“holdfast start” of a gateway that never gets ready says nothing for ten minutes.',
    file: 'electron/cli/settled.ts',
    find: 'const tellAfterMs = 5_000;',
    replace: 'const tellAfterMs = 600_000;',
    guard: {
      file: act,
      name: 'says what it waits for and what was heard last, and gives up with a sentence',
    },
  },
  {
    name: 'follow-ends-at-once',
    harm: '“holdfast logs -f” ends after what is there already.',
    file: 'electron/cli/logs.ts',
    find: 'holds: follow',
    replace: 'holds: false',
    guard: {
      file: 'electron/cli/logs.test.ts',
      name: 'follows over lines, waits and a rotation, until it is interrupted',
    },
  },
  {
    name: 'log-rate-by-the-wall-clock',
    harm: 'A clock that is set back an hour silences the watcher’s log for an hour.',
    file: 'electron/watcher/log.ts',
    find: 'this.#rate = new RateLimit(this.#clock);',
    replace: 'this.#rate = new RateLimit({ ...this.#clock, now: this.#now });',
    guard: {
      file: 'electron/watcher/log.test.ts',
      name: 'goes on when the wall clock is set back an hour',
    },
  },
  {
    name: 'password-in-an-address-shown',
    harm: 'The password in a gateway’s address is on the screen, and in every bug report.',
    file: 'electron/contract/redact.ts',
    find: '{ pattern: userinfo, form: `$1${hiddenMark}@` },',
    replace: '',
    guard: {
      file: act,
      name: 'hides passwords and tokens in addresses, for people and for programs',
    },
  },
  {
    name: 'stopped-watcher-given-up',
    harm: 'A watcher that was stopped (SIGSTOP) does not answer, and the command line does not replace it.',
    file: 'electron/cli/watcher-link.ts',
    find: 'if (!silent || tries === connectTries) throw error;',
    replace: 'throw error;',
    guard: { file: act, name: 'has a watcher that was stopped replaced, and says so' },
  },
  {
    name: 'unwatched-log-grows',
    harm: 'While no watcher lives, a log grows until the disk is full.',
    file: 'electron/cli/logs.ts',
    find: 'log.keepSmall();',
    replace: '',
    guard: {
      file: 'electron/cli/logs.test.ts',
      name: 'cuts a log that grew while no watcher was there',
    },
  },
  {
    name: 'doctor-overlooks-the-inside',
    harm: '“holdfast doctor” calls a folder sound in which no watcher can start.',
    file: 'electron/cli/doctor/inspect-surroundings.ts',
    find: '...judgeInside(state),',
    replace: '',
    guard: { file: act, name: 'fails for what keeps the watcher from starting' },
  },
  {
    name: 'restart-when-idle-at-once',
    harm: '“restart --when-idle” restarts a gateway in the middle of its work.',
    file: 'electron/cli/act.ts',
    find: "{ id, when: 'idle' }",
    replace: "{ id, when: 'now' }",
    guard: {
      file: act,
      name: 'says that it is to be restarted later, and it is, once it has nothing to do',
    },
  },
];
