/** What an update will do to each gateway; shown before the user presses Update. */

import { gatewayTone } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useAppList } from '../../store/hooks.ts';
import { gatewayIds } from '../../store/selectors.ts';
import { Icon } from '../../ui/icons.tsx';
import { Shape } from '../../ui/shape.tsx';

export function UpdatePlan() {
  const ids = useAppList(gatewayIds);
  const watcher = useApp(({ link }) => (link.status === 'connected' ? link.watcher : null));
  return (
    <section className="plan" aria-label={words.updating.plan} data-testid="update-plan">
      {watcher?.escape?.proof === 'impossible' && (
        <p className="plan-warning" role="alert" data-testid="update-escape-warning">
          <Icon name="warning" />
          {words.updating.escapeWarning}
        </p>
      )}
      {ids.length > 0 && (
        <ul className="plan-list">
          {ids.map((id) => (
            <PlanRow key={id} id={id} />
          ))}
        </ul>
      )}
      <p className="plan-note">{words.updating.planNote}</p>
    </section>
  );
}

function PlanRow({ id }: { readonly id: string }) {
  const gateway = useApp(({ gateways }) => gateways[id]);
  if (!gateway) return null;
  const stopped = gateway.desired === 'stopped';
  return (
    <li>
      <Shape tone={gatewayTone(gateway)} />
      <span>
        <strong>{gateway.name}</strong> {words.policyMeanings[stopped ? 'stopped' : gateway.policy]}
      </span>
    </li>
  );
}
