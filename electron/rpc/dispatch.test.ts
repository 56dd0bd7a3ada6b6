import { accessSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ContractError, defineContract, nothing } from '../contract/define.ts';
import { createDispatch } from './dispatch.ts';

describe('dispatch', () => {
  const contract = defineContract({
    calls: {
      double: { input: z.strictObject({ n: z.int() }), output: z.int() },
      later: { input: nothing, output: z.string() },
      refuse: { input: nothing, output: nothing },
      break: { input: nothing, output: nothing },
      fault: {
        input: z.strictObject({ kind: z.enum(['type', 'zod', 'system']) }),
        output: nothing,
      },
    },
    events: {},
  });
  const faults: string[] = [];
  const dispatch = createDispatch(
    contract,
    {
      double: ({ n }) => 2 * n,
      later: () => Promise.resolve('now'),
      refuse: () => {
        throw new ContractError('Not today.');
      },
      break: () => Promise.reject(new Error('oops')),
      fault: ({ kind }) => {
        if (kind === 'type')
          throw new TypeError("Cannot read properties of undefined (reading 'x')");
        if (kind === 'zod') return z.parse(nothing, { n: 1 });
        return accessSync('/nowhere/at all') ?? null;
      },
    },
    (call) => faults.push(call),
  );

  it('answers a fault of the program with a sentence, and keeps its words for the log [R31]', () => {
    for (const kind of ['type', 'zod']) {
      expect(dispatch({ id: 9, call: 'fault', input: { kind } }, undefined)).toEqual({
        id: 9,
        error: expect.stringMatching(/^That failed because of a fault in Holdfast itself/),
      });
    }
    expect(dispatch({ id: 9, call: 'fault', input: { kind: 'system' } }, undefined)).toEqual({
      id: 9,
      error: expect.stringMatching(/^That failed: the system says ENOENT/),
    });
    expect(faults.splice(0)).toEqual(['fault', 'fault', 'fault']);
  });

  it('answers a synchronous call at once', () => {
    expect(dispatch({ id: 1, call: 'double', input: { n: 4 } }, undefined)).toEqual({
      id: 1,
      ok: 8,
    });
  });
  it('refuses calls that are not in the contract, inherited names included', () => {
    for (const call of ['triple', 'toString', '__proto__', 'constructor']) {
      expect(dispatch({ id: 2, call }, undefined)).toMatchObject({
        error: expect.stringMatching(/knows no call/),
      });
    }
  });
  it('refuses input that does not fit', () => {
    for (const input of [undefined, { n: 'x' }, { n: 1, m: 2 }]) {
      expect(dispatch({ id: 3, call: 'double', input }, undefined)).toMatchObject({
        error: expect.stringMatching(/asked wrongly/),
      });
    }
  });
  it('passes sentences on and reports faults', async () => {
    expect(dispatch({ id: 4, call: 'refuse' }, undefined)).toEqual({ id: 4, error: 'Not today.' });
    expect(await dispatch({ id: 5, call: 'break' }, undefined)).toEqual({ id: 5, error: 'oops' });
    expect(await dispatch({ id: 6, call: 'later' }, undefined)).toEqual({ id: 6, ok: 'now' });
    expect(faults).toEqual(['break']);
  });
});
