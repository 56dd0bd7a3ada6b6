import { expect, test } from 'vitest';
import { literalWords } from './literal-words.mjs';

const wordsIn = (tsx: string) => literalWords('one.tsx', tsx).map(({ words }) => words);

test.each([
  ['text', '<p>Not running</p>', ['Not running']],
  ['an attribute that is read aloud', '<ul aria-label="Its parts" />', ['Its parts']],
  ['a choice between texts', "<p>{on ? 'Hide values' : words.show}</p>", ['Hide values']],
  ['a text that is there at times', "<p>{any && 'Still there.'}</p>", ['Still there.']],
  ['a sentence around a value', '<p title={`Logs of $' + '{name}`} />', ['Logs of']],
  ['the text of a component of ours', '<Fact name="Port">{port}</Fact>', ['Port']],
])('%s is found', (_, tsx, words) => expect(wordsIn(tsx)).toEqual(words));

test.each([
  ['words of the catalogue', '<p title={words.a}>{words.b}</p>'],
  ['classes, ids and kinds', '<p className="page head" id="main" data-testid="logs" />'],
  ['the names of icons', '<Icon name="warning" />'],
  ['what is compared', "<p>{kind === 'command' && words.test}</p>"],
  ['what is passed on', "<button onClick={() => send('gateway.start')}>{keysOf('stop')}</button>"],
  ['signs and names', '<p>{a} → {b} · Holdfast</p>'],
])('%s are no literal words', (_, tsx) => expect(wordsIn(tsx)).toEqual([]));

test('each is told with its line', () => {
  expect(literalWords('one.tsx', '<p>\n  {a}\n  <b>Not running</b>\n</p>')).toEqual([
    { line: 3, words: 'Not running' },
  ]);
});
