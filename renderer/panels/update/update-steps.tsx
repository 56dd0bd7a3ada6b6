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

const steps = [
  { status: 'preparing', name: 'Prepare' },
  { status: 'releasing', name: 'Stop what uses the files' },
  { status: 'installing', name: 'Install' },
  { status: 'handed-over', name: 'Restart and check' },
] as const;

export function UpdateSteps({ update }: { readonly update: UnderWay }) {
  const now = useNow();
  const current = steps.findIndex(({ status }) => status === update.status);
  return (
    <ol className="steps" data-testid="update-steps">
      {steps.map(({ status, name }, index) => {
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
              <p className="step-name">{name}</p>
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
      return 'Checking the disk and the files, and trying the new version beside what runs. Nothing has been touched yet.';
    case 'releasing':
      return now < update.deadline
        ? `Gateways that use the files finish their work, ${remaining(update.deadline, now)} left.`
        : 'Making sure that nothing holds the files any more.';
    case 'installing':
      return 'The new version is put in place. Please don’t turn off the computer.';
    case 'handed-over':
      return words.phases[update.phase];
  }
}
