import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogues } from '../words/all.ts';
import { speak } from '../words/spoken.ts';
import { eventSentence, exitWords, segmentReason, summaryWords } from './event-words.ts';

describe('in German', () => {
  beforeEach(() => speak(catalogues.de));
  afterEach(() => speak(catalogues.en));

  test.each([
    ['a code', { code: 1, signal: null, reason: 'exit code 1' }, 'Exit-Code 1'],
    [
      'a signal',
      { code: null, signal: 'SIGTERM', reason: 'ended by SIGTERM' },
      'durch SIGTERM beendet',
    ],
    [
      'a request',
      {
        code: 0,
        signal: null,
        reason: 'stopped by you in the tray',
        by: { cause: 'user', through: 'tray' },
      },
      'von Hand im Infobereich angehalten',
    ],
    [
      'memory',
      {
        code: null,
        signal: 'SIGKILL',
        reason: 'the system ran out of memory and ended it',
        by: { cause: 'memory' },
      },
      'dem System ging der Speicher aus, es hat den Prozess beendet',
    ],
  ] as const)('an end by %s is said by its facts', (_, end, said) =>
    expect(exitWords(end)).toBe(said),
  );

  test('what a program has said of its end stays as it is', () => {
    const reason = 'exit code 1; it says: no API key';
    expect(exitWords({ code: 1, signal: null, reason })).toBe(reason);
  });

  test('a stretch of time is explained by its event, or by what is known without one', () => {
    const stretch = { from: 0, to: 1, status: 'down' };
    const event = {
      kind: 'ended',
      seq: 1,
      at: 0,
      code: 1,
      reason: 'exit code 1',
      by: { cause: 'itself' },
    };
    const crashed = { ...stretch, reason: 'It crashed: exit code 1.', event };
    expect(segmentReason(crashed)).toBe('Es ist abgestürzt: Exit-Code 1.');
    const { machineOff } = catalogues.en.events;
    expect(segmentReason({ ...stretch, reason: machineOff })).toBe(catalogues.de.events.machineOff);
    expect(segmentReason({ ...stretch, reason: 'Of a later version.' })).toBe(
      'Of a later version.',
    );
  });

  test('events and what they come to are whole sentences', () => {
    expect(eventSentence({ kind: 'ready', seq: 1, at: 0, tookMs: 640 })).toBe('Bereit nach 0,6 s.');
    const summary = { from: 0, to: 1, segments: [], availability: 99.987, longestAbsence: null };
    expect(summaryWords({ ...summary, restarts: 1 })).toBe(
      '99,98 % der Zeit da, nie ausgefallen, 1 Neustart.',
    );
  });
});
