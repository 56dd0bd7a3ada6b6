/** Whether a process survives the app. Pure, so that app, watcher and tests judge alike. */
import { sep } from 'node:path';
import type { Escape } from '../contract/identity.ts';
import type { ProcessFacts } from './platform-interface.ts';

/** A service ends with the app's main process. A scope ends only on request. */
function vanishesWithApp(cgroup: string): boolean {
  return /\.service(\/|$)/.test(cgroup.replace(/user@\d+\.service/, ''));
}

/**
 * Judges `child` against the app: 'proven' when it shares nothing that ends with the app,
 * 'assumed' when it shares something that usually stays, 'impossible' when it will be taken along.
 */
export function judgeEscape(
  app: ProcessFacts,
  child: ProcessFacts,
): Pick<Escape, 'proof' | 'detail'> {
  const held =
    app.mount === ''
      ? undefined
      : child.paths.find((path) => path === app.mount || path.startsWith(app.mount + sep));
  if (held) return { proof: 'impossible', detail: `It uses ${held}, which vanishes with the app.` };
  if (child.job === 'kills')
    return { proof: 'impossible', detail: 'It is in a job that ends it together with the app.' };
  if (child.job === 'unknown')
    return { proof: 'impossible', detail: 'It is still in a job whose limits cannot be read.' };
  if (child.job === 'harmless') return inHarmlessJob(app, child);
  if (child.session === 0 && child.cgroup === '')
    return { proof: 'impossible', detail: 'It has ended already, or cannot be seen.' };
  if (child.session === app.session && process.platform !== 'win32') {
    return { proof: 'impossible', detail: 'It shares the session of the app.' };
  }
  const shared = child.cgroup === app.cgroup && app.cgroup !== '' && app.cgroup !== '/';
  if (!shared) return { proof: 'proven', detail: describeSurroundings(child) };
  if (vanishesWithApp(app.cgroup)) {
    return {
      proof: 'impossible',
      detail: `It shares the control group ${app.cgroup}, which ends with the app.`,
    };
  }
  return {
    proof: 'assumed',
    detail: `It has its own session but shares the control group ${app.cgroup}.`,
  };
}

/**
 * Windows shows the limits of the innermost job alone. One around it can be the app's only where the two
 * share the innermost as well: the Task Scheduler puts what it starts into a job of its own.
 */
function inHarmlessJob(app: ProcessFacts, child: ProcessFacts): Pick<Escape, 'proof' | 'detail'> {
  const together = app.jobMates?.includes(child.pid) || child.jobMates?.includes(app.pid);
  if (together || child.jobMates === undefined) {
    const detail = 'It may share a job with the app, and one around that may end both.';
    return { proof: 'impossible', detail };
  }
  return { proof: 'assumed', detail: 'It is in a job of its own, which does not end it.' };
}

function describeSurroundings(child: ProcessFacts): string {
  if (process.platform === 'win32') return 'It is in no job.';
  return child.cgroup === ''
    ? 'It has its own session.'
    : `It has its own session, in the control group ${child.cgroup}.`;
}
