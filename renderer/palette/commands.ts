/** Does what was chosen in the palette or pressed as a shortcut. */
import { actionsFor } from '../../electron/contract/gateway-actions.ts';
import type { Command } from '../../electron/contract/shortcuts.ts';
import { words } from '../../electron/words/spoken.ts';
import type { Holdfast } from '../store/holdfast.ts';
import { selectedGateway } from '../store/selectors.ts';
import { isGatewayView } from '../store/view.ts';
import type { Intent } from './entries.ts';
import { whyNot } from './why-not.ts';

export function runIntent(holdfast: Holdfast, intent: Intent): void {
  switch (intent.type) {
    case 'view':
      holdfast.open(intent.view);
      break;
    case 'gateway':
      holdfast.openGateway(intent.id, intent.view);
      break;
    case 'order': {
      const { id, order } = intent;
      void holdfast.send(`gateway.${order}`, { id }, `${order} ${id}`);
      break;
    }
    case 'find':
      holdfast.find();
      break;
    case 'about':
      holdfast.view.setState({ view: 'settings', about: true });
      break;
    case 'shortcuts':
      holdfast.view.setState({ dialog: 'shortcuts' });
      break;
  }
}

/** Does what a shortcut stands for; false when that is left to the menu (closing, quitting). */
export function runCommand(holdfast: Holdfast, command: Command): boolean {
  switch (command) {
    case 'close':
    case 'quit':
      return false;
    case 'palette':
    case 'shortcuts':
      holdfast.view.setState({ dialog: command });
      return true;
    case 'find':
      holdfast.find();
      return true;
    case 'start':
    case 'restart':
    case 'stop':
      order(holdfast, command);
      return true;
    default:
      holdfast.open(command);
      return true;
  }
}

/** An order for the gateway that is shown; where it makes no sense now, says why. */
function order(holdfast: Holdfast, name: 'start' | 'restart' | 'stop'): void {
  const { view, gateway } = holdfast.view.getState();
  const state = holdfast.mirror.getState().snapshot?.state;
  const shown = state && view && isGatewayView(view) ? selectedGateway(state, gateway) : null;
  if (!state || !shown) {
    holdfast.tell(words.palette.noGatewayShown);
    return;
  }
  const connected = state.link.status === 'connected';
  if (actionsFor(shown, connected)[name]) {
    runIntent(holdfast, { type: 'order', id: shown.id, order: name });
  } else {
    holdfast.tell(words.palette.refused(shown.name, whyNot(name, shown, connected)));
  }
}
