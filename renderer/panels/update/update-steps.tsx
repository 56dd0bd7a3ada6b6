/** The steps of an update under way: done, current, still to come. */
import type { UpdateState } from '../../../electron/contract/update.ts';
import { words } from '../../../electron/words/spoken.ts';
import { remaining } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';
import { Icon, Spinner } from '../../ui/icons.tsx';

export type UnderWay = Extract<
  UpdateState,
  { status: 'preparing' | 'releasing' | 'installing' | 'handed-over' }
>;

const steps = ['preparing', 'releasing', 'installing', 'handed-over'] as const;

export function UpdateSteps({ update }: { readonly update: UnderWay }) {
  const now = useNow();
  const current = steps.indexOf(update.status);
  return (
    <ol className="steps" data-testid="update-steps">
      {steps.map((status, index) => {
        const place = index < current ? 'done' : index === current ? 'current' : 'coming';
        return (
          <li
            key={status}
            className={`step step-${place}`}
            aria-current={place === 'current' ? 'step' : undefined}
          >
            <span className="step-mark">
              {place === 'done' ? (
                <Icon name="check" />
              ) : place === 'current' ? (
                <Spinner />
              ) : (
                <span className="step-dot" aria-hidden="true" />
              )}
            </span>
            <div>
              <p className="step-name">{words.updating.steps[status]}</p>
              {place === 'current' && (
                <p className="step-more" role="status" data-testid="update-phase">
                  {sentence(update, now)}
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function sentence(update: UnderWay, now: number): string {
  switch (update.status) {
    case 'preparing':
      return words.updating.preparing;
    case 'releasing':
      return now < update.deadline
        ? words.updating.releasing(remaining(update.deadline, now))
        : words.updating.released;
    case 'installing':
      return words.updating.installing;
    case 'handed-over':
      return words.phases[update.phase];
  }
}
