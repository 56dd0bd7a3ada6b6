/** What an update will do to each gateway; shown before the user presses Update. */
import { gatewayTone } from '../../../electron/contract/words.ts';
import { policyMeaning } from '../../format/words.ts';
import { useApp, useAppList } from '../../store/hooks.ts';
import { gatewayIds } from '../../store/selectors.ts';
import { Icon } from '../../ui/icons.tsx';
import { Shape } from '../../ui/shape.tsx';

export function UpdatePlan() {
  const ids = useAppList(gatewayIds);
  const watcher = useApp(({ link }) => (link.status === 'connected' ? link.watcher : null));
  return (
    <section className="plan" aria-label="What the update does" data-testid="update-plan">
      {watcher?.escape?.proof === 'impossible' && (
        <p className="plan-warning" role="alert" data-testid="update-escape-warning">
          <Icon name="warning" />
          On this system Holdfast’s background service may end together with Holdfast. If something
          goes wrong while Holdfast restarts, start it again by hand: it then finishes or undoes the
          update.
        </p>
      )}
      {ids.length > 0 && (
        <ul className="plan-list">
          {ids.map((id) => (
            <PlanRow key={id} id={id} />
          ))}
        </ul>
      )}
      <p className="plan-note">
        Holdfast closes and opens again. If anything fails, everything is undone.
      </p>
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
        <strong>{gateway.name}</strong> {stopped ? 'stays stopped' : policyMeaning[gateway.policy]}
      </span>
    </li>
  );
}
