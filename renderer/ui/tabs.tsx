/** Views of one thing, one at a time: a list of tabs that the arrow keys go through, and the chosen one's panel. */
import { type ReactNode, useId } from 'react';
import { useRoving } from './roving.ts';

interface TabsProps<T extends string> {
  /** What the tabs are about; read aloud. */
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly name: string; readonly keys?: string }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
  readonly children: ReactNode;
  /** Each tab is found as `<testId>-<id>`. */
  readonly testId: string;
}

export function Tabs<T extends string>(props: TabsProps<T>) {
  const { label, tabs, chosen, onChoose, children, testId } = props;
  const base = useId();
  const choose = (key: string): void => {
    const tab = tabs.find(({ id }) => id === key);
    if (tab) onChoose(tab.id);
  };
  const keys = tabs.map(({ id }) => id);
  const roving = useRoving(keys, chosen, choose);
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={roving.list.onKeyDown}>
        {tabs.map(({ id, name, keys }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${base}-${id}`}
            className="tab"
            aria-selected={id === chosen}
            aria-controls={`${base}-panel`}
            title={keys && `${name} (${keys})`}
            tabIndex={roving.tabIndex(id)}
            data-roving={id}
            onClick={() => onChoose(id)}
            data-testid={`${testId}-${id}`}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        className="tab-panel"
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-${chosen}`}
      >
        {children}
      </div>
    </>
  );
}
