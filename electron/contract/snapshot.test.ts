import { describe, expect, it } from 'vitest';
import {
  applyChanges,
  createPublisher,
  diff,
  followPatch,
  type Patch,
  type Snapshot,
} from './snapshot.ts';

const before = { a: 1, list: [1, 2], deep: { kept: { x: 1 }, gone: true } };
const after = { a: 2, list: [1, 2], deep: { kept: { x: 1 }, fresh: null } };

describe('diff and applyChanges', () => {
  it('carry a state over exactly, and name only what changed', () => {
    const changes = diff(before, after);
    expect(changes.map((change) => change.path.join('.')).sort()).toEqual([
      'a',
      'deep.fresh',
      'deep.gone',
    ]);
    expect(applyChanges(before, changes)).toEqual(after);
  });

  it('keep untouched branches identical, so that a view need not render again', () => {
    const next = applyChanges(before, diff(before, after)) as typeof before;
    expect(next.deep.kept).toBe(before.deep.kept);
    expect(next.list).toBe(before.list);
  });

  it('survive any pair of states', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const grow = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
      if (kind === 0) return null;
      if (kind === 1) return Math.floor(random() * 10);
      if (kind === 2) return random() < 0.5;
      if (kind === 3) return `s${Math.floor(random() * 5)}`;
      if (kind === 4)
        return Array.from({ length: Math.floor(random() * 3) }, () => grow(depth - 1));
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, () => [
          `k${Math.floor(random() * 4)}`,
          grow(depth - 1),
        ]),
      );
    };
    for (let round = 0; round < 2000; round++) {
      const [from, to] = [{ root: grow(3) }, { root: grow(3) }];
      expect(applyChanges(from, diff(from, to))).toEqual(to);
    }
  });

  it.each(['constructor', 'toString', 'valueOf'])(
    'treat a key named %s, which every object inherits, like any other',
    (key) => {
      const without = { gateways: {} };
      const present = { gateways: { [key]: { pid: 1 } } };
      for (const [from, to] of [
        [without, present],
        [present, without],
      ]) {
        expect(applyChanges(from, diff(from, to))).toEqual(to);
      }
      expect(diff(present, without)).toEqual([{ path: ['gateways', key] }]);
    },
  );

  it('treat a key named __proto__ as a plain key', () => {
    const changes = [{ path: ['__proto__', 'polluted'], value: true }];
    applyChanges({}, changes);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a mirror', () => {
  const identity = (state: unknown) => state;

  it('follows its publisher through every patch', () => {
    const publisher = createPublisher<unknown>({ n: 0 });
    let mirror: Snapshot<unknown> = publisher.snapshot();
    publisher.subscribe((patch) => {
      const next = followPatch(mirror, patch, identity);
      if (next === 'gap' || next === 'old') throw new Error(`unexpected ${next}`);
      mirror = next;
    });
    for (let n = 1; n <= 50; n++) publisher.publish({ n, [`key${n % 3}`]: n });
    expect(mirror).toEqual(publisher.snapshot());
  });

  it('says gap when a patch was missed, and old when it raced the snapshot', () => {
    const publisher = createPublisher<unknown>({ n: 0 });
    const patches: Patch[] = [];
    publisher.subscribe((patch) => patches.push(patch));
    const first = publisher.snapshot();
    publisher.publish({ n: 1 });
    publisher.publish({ n: 2 });
    const [one, two] = patches;
    if (!one || !two) throw new Error('two patches expected');
    expect(followPatch(first, two, identity)).toBe('gap');
    expect(followPatch(publisher.snapshot(), one, identity)).toBe('old');
  });

  it('is not told about a publish that changes nothing', () => {
    const publisher = createPublisher({ list: [{ a: 1 }] });
    let told = 0;
    publisher.subscribe(() => told++);
    publisher.publish({ list: [{ a: 1 }] });
    expect(told).toBe(0);
    expect(publisher.snapshot().revision).toBe(0);
  });
});
