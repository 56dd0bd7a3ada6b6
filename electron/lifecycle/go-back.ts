/** `holdfast update --back`: its user wants the version that was kept, and has agreed in the terminal. */
import type { App } from 'electron';
import type { Problem } from '../contract/gateway.ts';
import type { Link } from '../link/types.ts';
import type { UpdateService } from '../update/types.ts';
import { wantsKept } from './single-instance.ts';

/**
 * Goes back as soon as the watcher answers; also when a second instance asks for it later.
 *
 * @param asked this very start was to go back
 * @returns what ends it
 */
export function goBackWhenAsked(deps: {
  readonly app: Pick<App, 'on' | 'off'>;
  readonly asked: boolean;
  readonly link: Pick<Link, 'state' | 'subscribe'>;
  readonly updates: Pick<UpdateService, 'goBack'>;
  /** Called with why it did not come to that. */
  refused(problem: Problem): void;
}): () => void {
  const { app, link, updates, refused } = deps;
  let wanted = deps.asked;
  const look = (): void => {
    if (!wanted || link.state().status !== 'connected') return;
    wanted = false;
    void updates.goBack().then((problem) => problem && refused(problem));
  };
  const listener = (...[, , , call]: readonly unknown[]): void => {
    wanted ||= wantsKept(call);
    look();
  };
  app.on('second-instance', listener);
  const stop = link.subscribe(look);
  look();
  return () => {
    app.off('second-instance', listener);
    stop();
  };
}
