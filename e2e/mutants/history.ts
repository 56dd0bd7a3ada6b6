/** Mutants of the histories of gateways. */
import type { Mutant } from './types.ts';

const summary = 'electron/gateway/events/summary.test.ts';
const file = 'electron/gateway/events/event-log.test.ts';

export const historyMutants: readonly Mutant[] = [
  {
    name: 'unwatched-counts-as-down',
    harm: 'A gateway gets the blame for the time in which nobody looked.',
    file: 'electron/gateway/events/timeline.ts',
    find: "this.#turn(at, { status: 'unknown', reason, gap: true });",
    replace: "this.#turn(at, { status: 'down', reason, gap: true });",
    guard: { file: summary, name: 'does not call it down while nobody watched' },
  },
  {
    name: 'sleep-counts-as-up',
    harm: 'A night in which the machine slept counts as served.',
    file: 'electron/gateway/events/timeline.ts',
    find: "this.#turn(at - ms, { status: 'unknown', ...reasonOf(event) });",
    replace: '',
    guard: { file: summary, name: 'does not call it down while the machine slept' },
  },
  {
    name: 'another-process-counts-as-the-same',
    harm: 'A gateway that crashed and was started elsewhere counts as one that ran on.',
    file: 'electron/gateway/events/timeline.ts',
    find: 'if (!before || !isSame(processOf(event), this.#process)) {',
    replace: 'if (!before) {',
    guard: { file: summary, name: 'counts what ran on without a watcher' },
  },
  {
    name: 'clock-believed',
    harm: 'A clock that is set makes an absence of two hours out of ten minutes.',
    file: 'electron/gateway/events/timeline.ts',
    find: 'const at = Math.abs(told - event.at) <= precisionMs ? event.at : told;',
    replace: 'const at = event.at;',
    guard: { file: summary, name: 'measures by the machine’s own time when the clock was set' },
  },
  {
    name: 'crash-loop-pushes-out-the-past',
    harm: 'A crash loop of a night leaves nothing of the weeks before it.',
    file: 'electron/gateway/events/thin.ts',
    find: 'if (need > share) return share;',
    replace: 'if (need > share) return 0;',
    guard: { file, name: 'a crash loop leaves the past in it' },
  },
  {
    name: 'written-behind-a-torn-line',
    harm: 'The first event after a power cut is lost with the torn line before it.',
    file: 'electron/gateway/events/event-log.ts',
    find: "if (size > 0 && !endsLine(fd, size)) writeSync(fd, '\\n');",
    replace: '',
    guard: { file, name: 'is read up to the end, whatever byte a killed writer got to' },
  },
  {
    name: 'history-lost-on-a-full-disk',
    harm: 'What happened while the disk was full is never written.',
    file: 'electron/gateway/events/recorder.ts',
    find: 'this.#cancelRetry = clock.after(retryMs, () => this.flush());',
    replace: 'this.#cancelRetry = clock.after(retryMs, () => {});',
    guard: {
      file: 'electron/gateway/events/recorder.test.ts',
      name: 'stops, says so, and goes on when there is room',
    },
  },
];
