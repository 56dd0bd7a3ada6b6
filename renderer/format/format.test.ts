import { expect, test } from 'vitest';
import { duration, stateName } from '../../electron/contract/words.ts';
import { gateway, gatewayStates, receipt, richReceipt } from '../test/samples.ts';
import { parseNotes } from './notes.ts';
import { ago, bytes, list, rate, remaining, span } from './quantities.ts';
import { clientWords, describeStep, receiptHeadline, receiptSummary } from './receipt-words.ts';
import { rungName } from './rung-name.ts';
import { stateDetail } from './words.ts';

const now = 1_763_829_000_000;

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [125_000, '2m 5s'],
  [13 * 60_000 + 59_000, '13m'],
  [7_980_000, '2h 13m'],
  [100 * 3_600_000, '4d 4h'],
  [-5, '0s'],
])('duration of %d ms', (ms, words) => expect(duration(ms)).toBe(words));

test.each([
  [0, '0ms'],
  [41.4, '41ms'],
  [95, '0.1s'],
  [412, '0.4s'],
  [9_949, '9.9s'],
  [64_000, '1m 4s'],
])('span of %d ms', (ms, words) => expect(span(ms)).toBe(words));

test('a countdown rounds up and stops at zero', () => {
  expect(remaining(now + 1, now)).toBe('1s');
  expect(remaining(now + 8_000, now)).toBe('8s');
  expect(remaining(now - 5_000, now)).toBe('0s');
});

test.each([
  ['setsid', 'Its own session'],
  ['landlock-portal', 'landlock-portal'],
  ['constructor', 'constructor'],
])('the way out of the app %s is called %s', (rung, words) => expect(rungName(rung)).toBe(words));

test('how long ago', () => {
  expect(ago(now - 59_000, now)).toBe('just now');
  expect(ago(now - 5 * 60_000, now)).toBe('5 minutes ago');
});

test.each([
  [0, '0 bytes'],
  [812, '812 bytes'],
  [999.6, '1.0 kB'],
  [4_240_000, '4.2 MB'],
  [99_960_000, '100 MB'],
  [128_400_000, '128 MB'],
  [1_500_000_000, '1.5 GB'],
])('%d bytes', (size, words) => expect(bytes(size)).toBe(words));

test('rates and lists', () => {
  expect(rate(6_340_000)).toBe('6.3 MB/s');
  expect(list(['a', 'b', 'c'])).toBe('a, b and c');
});

test('a state in words', () => {
  expect(stateName(gateway(now).state)).toBe('Running');
  expect(stateDetail(gateway(now), now)).toBe('healthy for 2h 13m');
  const { stopping, waiting } = gatewayStates(now);
  expect(stateDetail(stopping, now)).toBe('8s left to finish');
  expect(stateDetail(stopping, now + 9_000)).toBe('out of time, ending it');
  expect(stateDetail(waiting, now)).toBe('next start in 7s');
});

test('the steps of a receipt name their gateways', () => {
  const sample = richReceipt(now);
  const said = (name: string, detail?: string) => {
    const step = detail === undefined ? { name, at: now } : { name, at: now, detail };
    return describeStep(step, sample.gateways);
  };
  expect(said('prepared').text).toBe('Plan written');
  expect(said('releasing').text).toBe('Stopping Hermes agent gateway on the old laptop');
  expect(said('proved', 'reference')).toEqual({ text: 'Demo gateway is healthy', detail: '' });
  expect(said('not-proved', 'openclaw: It died: twice.')).toEqual({
    text: 'OpenClaw is not healthy',
    detail: 'It died: twice.',
  });
  expect(said('swapping', 'removed').text).toBe('Replacing removed');
  expect(said('of-a-later-version', 'x')).toEqual({ text: 'Of a later version', detail: 'x' });
  expect(said('toString').text).toBe('ToString');
});

test('what clients met is told by who was refused and who waited', () => {
  const met = { asked: 40, refused: 0, broken: 0, late: 1, longestWaitMs: 91.4 };
  expect(clientWords(met)).toBe('none refused, waited 91ms at most');
  expect(clientWords({ ...met, refused: 12, longestWaitMs: 412 })).toBe('refused for up to 0.4s');
});

test('the receipt claims no more than was proved', () => {
  const base = receipt(now);
  const [first] = base.gateways;
  if (!first) throw new Error('The sample has a gateway.');
  const withGateway = (change: Partial<typeof first>) =>
    receiptHeadline({ ...base, gateways: [{ ...first, ...change }] });
  expect(withGateway({ absenceMs: 412 })).toBe('Back after 0.4s — the new version answers');
  expect(withGateway({ proof: 'healthy' })).toBe('Back after 41ms — healthy again');
  expect(withGateway({ proof: 'alive' })).toBe('Back after 41ms — running again');
  expect(withGateway({ result: 'kept', stopRequestedAt: null, absenceMs: 0 })).toBe(
    'Updated without stopping anything',
  );
  expect(
    receiptHeadline({ ...base, outcome: 'failed', gateways: [{ ...first, result: 'down' }] }),
  ).toBe('The update failed — Demo gateway is not running');
  expect(receiptHeadline(richReceipt(now))).toBe(
    'Back after 6.2s — Hermes agent gateway on the old laptop runs its old version',
  );
  expect(receiptSummary(richReceipt(now))).toBe(
    'Holdfast 0.1.0 → 0.2.0. Done: everything stayed healthy for 1m.',
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
