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

/** Grows JSON values at random, the same ones for the same seed. */
function createGrower(seed: number): (depth: number) => unknown {
  let last = seed;
  const below = (limit: number): number => {
    last = (last * 1103515245 + 12345) % 2147483648;
    return Math.floor((last / 2147483648) * limit);
  };
  const leaves = [() => null, () => below(10), () => below(2) === 0, () => `s${below(5)}`];
  const grow = (depth: number): unknown => {
    const kind = below(depth > 0 ? 6 : 4);
    const leaf = leaves[kind];
    if (leaf) return leaf();
    const children = Array.from({ length: below(4) }, () => grow(depth - 1));
    if (kind === 4) return children;
    return Object.fromEntries(children.map((child) => [`k${below(4)}`, child]));
  };
  return grow;
}

describe('diff and applyChanges', () => {
  it('rebuild a state exactly, and name only what changed', () => {
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

  it('lead from any state to any other', () => {
    const grow = createGrower(7);
    for (let round = 0; round < 2000; round++) {
      const [from, to] = [{ root: grow(3) }, { root: grow(3) }];
      expect(applyChanges(from, diff(from, to))).toEqual(to);
    }
  });

  it.each(['constructor', 'toString', 'valueOf'])(
    'treat a key named %s, which every object inherits, like any other [R13]',
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

  it('hears nothing of a publish that changes nothing', () => {
    const publisher = createPublisher({ list: [{ a: 1 }] });
    let heard = 0;
    publisher.subscribe(() => heard++);
    publisher.publish({ list: [{ a: 1 }] });
    expect(heard).toBe(0);
    expect(publisher.snapshot().revision).toBe(0);
  });
});
