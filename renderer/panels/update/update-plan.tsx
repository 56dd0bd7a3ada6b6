/** Before the user presses Update: what it will mean for each gateway. */
import { POLICY_MEANING } from '../../format/words.ts';
import { useApp, useAppList } from '../../store/hooks.ts';
import { gatewayIds, toneOf } from '../../store/selectors.ts';
import { Dot } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icons.tsx';

export function UpdatePlan() {
  const ids = useAppList(gatewayIds);
  const watcher = useApp(({ link }) => (link.status === 'connected' ? link.watcher : null));
  return (
    <section className="plan" aria-label="What the update does" data-testid="update-plan">
      {watcher?.escape?.proof === 'impossible' && (
        <p className="plan-warning" role="alert" data-testid="update-escape-warning">
          <Icon name="warning" />
          On this system the watcher can’t outlive the app. If something goes wrong while Holdfast
          restarts, start it again by hand: it then finishes or undoes the update.
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
        Holdfast closes and opens again. If anything fails, everything is put back as it was.
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
      <Dot tone={toneOf(gateway.state)} />
      <span>
        <strong>{gateway.name}</strong> {stopped ? 'stays stopped' : POLICY_MEANING[gateway.policy]}
      </span>
    </li>
  );
}
