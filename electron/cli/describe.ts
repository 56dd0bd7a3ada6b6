/** What the command line says about gateways, in lines for people. */
import type { GatewayView } from '../contract/gateway.ts';
import type { GatewayReceipt } from '../contract/gateway-update.ts';
import {
  gatewayUpdateName,
  ownReceiptName,
  updateWaitName,
  updateWhenOf,
} from '../contract/gateway-update-words.ts';
import { redact } from '../contract/redact.ts';
import { duration, stateName } from '../contract/words.ts';
import type { Link } from '../link/types.ts';
import { words } from '../words/spoken.ts';
import { displayWidth, padded } from './display-width.ts';

/** Of a name before what is said of it, in columns of the terminal. */
export const nameWidth = 16;
/** Half a small terminal is left for what is said. */
const longestColumn = 32;
export const indent = ' '.repeat(nameWidth + 1);

/** Throws a sentence when there is no such gateway. */
export function viewOf(link: Link, id: string): GatewayView {
  const view = link.watcher()?.gateways[id];
  if (!view) throw new Error(`There is no gateway called "${id}".`);
  return view;
}

/** Of names that stand below each other; a longer one takes more of its line, and moves no other. */
export function columnFor(names: readonly string[]): number {
  const longest = Math.max(0, ...names.map(displayWidth).filter((width) => width <= longestColumn));
  return Math.max(nameWidth, longest);
}

/** @param now epoch milliseconds. @param column of its name */
export function describeGateway(
  view: GatewayView,
  now: number = Date.now(),
  column: number = nameWidth,
): string {
  const port = view.port === undefined ? '' : `  port ${view.port}`;
  const line = redact(`${padded(view.name, column)} ${stateOf(view, now)}${port}`);
  const { pinned } = view;
  if (!pinned) return line;
  return `${line}\n${indent}runs the previous version ${pinned.version}, because the update to ${pinned.failedVersion} failed. Try again: holdfast update ${view.id}`;
}

/** When its new versions are installed, as a line below it; null where nobody has chosen that. */
export function describeTiming(view: GatewayView): string | null {
  const when = updateWhenOf(view);
  if (!view.updatable || when === 'ask') return null;
  const waits = view.version?.offered ? updateWaitName(view.updateWaits) : null;
  const newest = waits === null ? '' : `; ${view.version?.newest} is available: ${waits}`;
  const label = words.updateWhens[when];
  return `${indent}new versions are installed: ${label.toLowerCase()}${newest}`;
}

/** The last update of a gateway and what its updater recorded, as a line below it. */
export function describeLastUpdate(
  id: string,
  receipt: GatewayReceipt,
  now: number = Date.now(),
): string {
  const away = receipt.gateways.find((one) => one.id === id)?.absenceMs ?? 0;
  const parts = [
    `last update: ${gatewayUpdateName(receipt)} ${receipt.automatic ? 'by itself ' : ''}${duration(now - receipt.at)} ago`,
    ...(away > 0 ? [`away for ${Math.round(away / 100) / 10} s`] : []),
    ...(receipt.own ? [`its updater says: ${ownReceiptName(receipt.own)}`] : []),
  ];
  return redact(`${indent}${parts.join('; ')}`);
}

/** The state's name as window and tray say it, then what is known of it. */
function stateOf(view: GatewayView, now: number): string {
  const more = detailOf(view, now);
  return more === '' ? stateName(view.state) : `${stateName(view.state)}  ${more}`;
}

function detailOf(view: GatewayView, now: number): string {
  const { state, build, restarts, restartWhenIdle, lastExit } = view;
  switch (state.status) {
    case 'running': {
      const why = lastExit ? `, last after: ${lastExit.reason}` : '';
      const again = restarts > 0 ? `, restarted ${restarts} times${why}` : '';
      const of = build === undefined ? '' : `, build ${build}`;
      const later = restartWhenIdle ? ', restarts when idle' : '';
      return `(${words.proofs[state.proof]}, pid ${state.identity.pid}, ${duration(now - state.readyAt)}${of}${again}${later})`;
    }
    case 'degraded':
      return `(pid ${state.identity.pid}) ${state.problem.message}`;
    case 'starting':
    case 'stopping':
      return `(pid ${state.identity.pid})`;
    case 'waiting':
      return `(starts again in ${duration(state.until - now)}) ${state.problem.message}`;
    case 'external':
      return [`(run by ${state.owner.name})`, state.problem?.message ?? ''].join(' ').trim();
    case 'failed':
      return state.problem.message;
    case 'stopped':
      return lastExit ? `(last time: ${lastExit.reason})` : '';
    case 'released':
      return '';
  }
}
