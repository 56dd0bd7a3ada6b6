/** What is done to a world, and how it ends when nothing is killed. */
import type { Flaw } from './releases.ts';

export interface Scenario {
  readonly name: string;
  /** What the user does in the app: see app.ts. */
  readonly wish: 'update' | 'go back' | 'gateway freed';
  readonly flaw: Flaw;
  /** The build that the update command of the gateway `freed` installs. */
  readonly installs: 'new' | 'broken';
  /** Its way back is a copy of its folder. */
  readonly rollback: boolean;
  /** Whether its user is asked to keep the new version, and says so. */
  readonly asked?: 'keeps' | 'says nothing';
  readonly ends: 'committed' | 'put-back' | 'failed';
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'commit',
    ...{ wish: 'update', flaw: 'none', installs: 'new', rollback: false },
    ends: 'committed',
  },
  {
    name: 'the new gateway does not come back',
    ...{ wish: 'update', flaw: 'gateway', installs: 'new', rollback: false },
    ends: 'put-back',
  },
  {
    name: 'the new app does not start',
    ...{ wish: 'update', flaw: 'app', installs: 'new', rollback: false },
    ends: 'put-back',
  },
  {
    name: 'the rehearsal objects',
    ...{ wish: 'update', flaw: 'rehearsal', installs: 'new', rollback: false },
    ends: 'put-back',
  },
  {
    name: 'the new version is kept',
    ...{ wish: 'update', flaw: 'none', installs: 'new', rollback: false, asked: 'keeps' },
    ends: 'committed',
  },
  {
    name: 'the new version is not kept in time',
    ...{ wish: 'update', flaw: 'none', installs: 'new', rollback: false, asked: 'says nothing' },
    ends: 'put-back',
  },
  {
    name: 'the version that was kept comes back',
    ...{ wish: 'go back', flaw: 'none', installs: 'new', rollback: false },
    ends: 'committed',
  },
  {
    name: 'update of a gateway',
    ...{ wish: 'gateway freed', flaw: 'none', installs: 'new', rollback: true },
    ends: 'committed',
  },
  {
    name: 'a gateway goes back',
    ...{ wish: 'gateway freed', flaw: 'none', installs: 'broken', rollback: true },
    ends: 'put-back',
  },
];
