import { expect, test } from 'vitest';
import { gateway, gatewayStates, receipt, richReceipt } from '../test/samples.ts';
import { parseNotes } from './notes.ts';
import { receiptHeadline, receiptSummary } from './receipt-words.ts';
import { bytes, count, list, rate } from './size.ts';
import { ago, duration, remaining, span } from './time.ts';
import { phaseSentence, stateDetail, stateName } from './words.ts';

const NOW = 1_763_829_000_000;
/** No-break spaces as plain ones, for reading. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [13 * 60_000 + 59_000, '13 min'],
  [7_980_000, '2 h 13 min'],
  [100 * 3_600_000, '4 d 4 h'],
  [-5, '0 s'],
])('duration of %d ms', (ms, words) => expect(plain(duration(ms))).toBe(words));

test.each([
  [0, '0 ms'],
  [41.4, '41 ms'],
  [95, '0.1 s'],
  [412, '0.4 s'],
  [9_949, '9.9 s'],
  [64_000, '1 min 4 s'],
])('span of %d ms', (ms, words) => expect(plain(span(ms))).toBe(words));

test('a countdown rounds up and stops at nothing', () => {
  expect(plain(remaining(NOW + 1, NOW))).toBe('1 s');
  expect(plain(remaining(NOW + 8_000, NOW))).toBe('8 s');
  expect(plain(remaining(NOW - 5_000, NOW))).toBe('0 s');
});

test('how long ago', () => {
  expect(ago(NOW - 59_000, NOW)).toBe('just now');
  expect(plain(ago(NOW - 5 * 60_000, NOW))).toBe('5 min ago');
});

test.each([
  [0, '0 bytes'],
  [812, '812 bytes'],
  [999.6, '1.0 kB'],
  [4_240_000, '4.2 MB'],
  [99_960_000, '100 MB'],
  [128_400_000, '128 MB'],
  [1_500_000_000, '1.5 GB'],
])('%d bytes', (size, words) => expect(plain(bytes(size))).toBe(words));

test('rates, counts and lists', () => {
  expect(plain(rate(6_340_000))).toBe('6.3 MB/s');
  expect(plain(count(1, 'step'))).toBe('1 step');
  expect(plain(count(1_204, 'match', 'matches'))).toBe('1,204 matches');
  expect(list(['a', 'b', 'c'])).toBe('a, b and c');
});

test('a state in words', () => {
  expect(stateName(gateway(NOW))).toBe('Running');
  expect(plain(stateDetail(gateway(NOW), NOW))).toBe('healthy for 2 h 13 min');
  const { stopping, waiting } = gatewayStates(NOW);
  expect(plain(stateDetail(stopping, NOW))).toBe('8 s left to finish');
  expect(plain(stateDetail(stopping, NOW + 9_000))).toBe('out of time, ending it');
  expect(plain(stateDetail(waiting, NOW))).toBe('next start in 7 s');
});

test('a phase by name is a sentence, a sentence stays one', () => {
  expect(phaseSentence('proving')).toBe('Waiting for the new gateway to prove itself.');
  expect(phaseSentence('Almost there.')).toBe('Almost there.');
});

test('the receipt claims no more than was proved', () => {
  const base = receipt(NOW);
  const [first] = base.gateways;
  if (!first) throw new Error('The sample has a gateway.');
  const withGateway = (change: Partial<typeof first>) =>
    plain(receiptHeadline({ ...base, gateways: [{ ...first, ...change }] }));
  expect(withGateway({ absenceMs: 412 })).toBe('Back after 0.4 s — new build verified');
  expect(withGateway({ proof: 'healthy' })).toBe('Back after 41 ms — healthy again');
  expect(withGateway({ proof: 'alive' })).toBe('Back after 41 ms — running again');
  expect(withGateway({ result: 'kept', stopRequestedAt: null, absenceMs: 0 })).toBe(
    'Updated without stopping anything',
  );
  expect(
    plain(
      receiptHeadline({ ...base, outcome: 'failed', gateways: [{ ...first, result: 'down' }] }),
    ),
  ).toBe('The update failed — Reference gateway is not running');
  expect(plain(receiptHeadline(richReceipt(NOW)))).toBe(
    'Back after 6.2 s — Hermes agent gateway on the old laptop runs its old version',
  );
  expect(plain(receiptSummary(richReceipt(NOW)))).toBe(
    'Holdfast 0.1.0 → 0.2.0. Committed after 1 min of healthy running.',
  );
});

test('notes become blocks', () => {
  expect(parseNotes('## New\n\n- **fast** `x`\n- see [docs](https://a.b)\n\nBye\nnow')).toEqual([
    { type: 'heading', content: [{ type: 'text', text: 'New' }] },
    {
      type: 'list',
      items: [
        [
          { type: 'strong', text: 'fast' },
          { type: 'text', text: ' ' },
          { type: 'code', text: 'x' },
        ],
        [
          { type: 'text', text: 'see ' },
          { type: 'text', text: 'docs' },
        ],
      ],
    },
    { type: 'paragraph', content: [{ type: 'text', text: 'Bye now' }] },
  ]);
  expect(parseNotes('<ul><li>One &amp; two</li></ul>')).toEqual([
    { type: 'list', items: [[{ type: 'text', text: 'One & two' }]] },
  ]);
  expect(parseNotes('')).toEqual([]);
});
