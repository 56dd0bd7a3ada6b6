import { expect, it } from 'vitest';
import { describeSetupExit } from './setup-exit.ts';

it('has words for the codes that are the Setup program’s own, and none for others', () => {
  for (const code of [10, 11, 12, 13, 14, 15]) {
    expect(describeSetupExit({ code, signal: null })).toMatch(
      new RegExp(`^\\w.+ \\(exit code ${code}\\)$`),
    );
  }
  expect(describeSetupExit({ code: 2, signal: null })).toBe('exit code 2');
  expect(describeSetupExit({ code: null, signal: 'SIGKILL' })).toBe('ended by SIGKILL');
});
