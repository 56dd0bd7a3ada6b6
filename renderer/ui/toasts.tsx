/** Passing messages in the corner; they leave by themselves and can be dismissed. */
import { useHoldfast, useView } from '../store/hooks.ts';
import { dropToast } from '../store/view.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

export function Toasts() {
  const { view } = useHoldfast();
  const toasts = useView((state) => state.toasts);
  return (
    <div className="toasts" aria-live="polite" data-testid="toasts">
      {toasts.map(({ id, tone, text }) => (
        <div key={id} className={`toast toast-${tone}`} data-testid="toast">
          <Icon name={tone === 'danger' ? 'warning' : 'check'} />
          <p>{text}</p>
          <IconButton icon="cross" label="Dismiss" onClick={() => dropToast(view, id)} />
        </div>
      ))}
    </div>
  );
}
