/**
 * The palette: a combobox in a modal dialog. The cursor stays in its input; the chosen option is named by
 * `aria-activedescendant`.
 */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { keysOf } from '../../electron/contract/shortcuts.ts';
import { words } from '../../electron/words/spoken.ts';
import { useApp, useHoldfast, useShownGatewayId, useShownView, useView } from '../store/hooks.ts';
import { isGatewayView } from '../store/view.ts';
import { Icon } from '../ui/icons.tsx';
import { runIntent } from './commands.ts';
import { type Entry, findEntries } from './entries.ts';

export function Palette() {
  const open = useView(({ dialog }) => dialog === 'palette');
  return open ? <OpenPalette /> : null;
}

const pageStep = 8;
const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: pageStep,
  PageUp: -pageStep,
};

function OpenPalette() {
  const holdfast = useHoldfast();
  const dialog = useRef<HTMLDialogElement>(null);
  const base = useId();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const view = useShownView();
  const id = useShownGatewayId() ?? null;
  const state = useApp((whole) => whole);
  const entries = findEntries(state, isGatewayView(view) ? id : null, query);
  const at = Math.min(chosen, entries.length - 1);
  const active = entries[at];

  // A layout effect ends before the dialog leaves the page: closed there, it gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    if (active) document.getElementById(domId(base, active))?.scrollIntoView({ block: 'nearest' });
  }, [active, base]);

  const close = (): void => holdfast.view.setState({ dialog: null });
  const run = (entry: Entry | undefined): void => {
    if (!entry || entry.reason !== undefined) return;
    // First, so that what it opens gets the focus.
    close();
    runIntent(holdfast, entry.intent);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // An input method takes Enter and the arrows for itself.
    if (event.nativeEvent.isComposing) return;
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (event.key === 'Enter') run(active);
    else if (step !== undefined) setChosen(moved(at, step, entries.length));
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.palette.title}
      data-testid="palette"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // Beside the dialog: its own box is filled by its children.
      onPointerDown={(event) => event.target === dialog.current && close()}
    >
      <div className="palette-box">
        <div className="palette-search">
          <Icon name="search" />
          <input
            type="text"
            role="combobox"
            aria-label={words.palette.title}
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls={`${base}-list`}
            aria-activedescendant={active && domId(base, active)}
            placeholder={words.palette.placeholder}
            value={query}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setQuery(event.target.value);
              setChosen(0);
            }}
            onKeyDown={onKeyDown}
            data-testid="palette-input"
          />
        </div>
        <Options
          base={base}
          entries={entries}
          at={at}
          onPoint={setChosen}
          onRun={(entry) => run(entry)}
        />
        {entries.length === 0 && <p className="palette-nothing">{words.palette.nothing(query)}</p>}
        <p className="visually-hidden" role="status">
          {words.palette.found(entries.length)}
        </p>
        <p className="palette-hint" aria-hidden="true">
          {words.palette.hint}
        </p>
      </div>
    </dialog>
  );
}

interface OptionsProps {
  readonly base: string;
  readonly entries: readonly Entry[];
  /** The chosen one's place. */
  readonly at: number;
  readonly onPoint: (index: number) => void;
  readonly onRun: (entry: Entry) => void;
}

function Options({ base, entries, at, onPoint, onRun }: OptionsProps) {
  return (
    <div
      id={`${base}-list`}
      className="palette-list"
      role="listbox"
      aria-label={words.palette.list}
      tabIndex={-1}
    >
      {entries.map((entry, index) => (
        <Option
          key={entry.id}
          domId={domId(base, entry)}
          entry={entry}
          chosen={index === at}
          onPoint={() => onPoint(index)}
          onRun={() => onRun(entry)}
        />
      ))}
    </div>
  );
}

/** A space would make two ids of it. */
function domId(base: string, { id }: Entry): string {
  return `${base}-${id.replaceAll(' ', '-')}`;
}

/** From the last to the first and back; a page stops at the ends. */
function moved(from: number, step: number, count: number): number {
  if (Math.abs(step) === 1) return count === 0 ? 0 : (from + step + count) % count;
  return Math.max(0, Math.min(count - 1, from + step));
}

interface OptionProps {
  readonly domId: string;
  readonly entry: Entry;
  readonly chosen: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}

function Option({ domId, entry, chosen, onPoint, onRun }: OptionProps) {
  const platform = useApp(({ app }) => app.platform);
  const { id, name, icon, detail, command, reason } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the combobox, which names this option
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the combobox
    <div
      id={domId}
      className="palette-option"
      role="option"
      aria-selected={chosen}
      aria-disabled={reason !== undefined}
      // What only comes under a pointer that rests is not meant.
      onPointerMove={({ movementX, movementY }) => (movementX || movementY) && onPoint()}
      onClick={onRun}
      data-testid={`palette-${id}`}
    >
      <Icon name={icon} />
      <span className="palette-name">{name}</span>
      {(reason ?? detail) && <span className="palette-detail">{reason ?? detail}</span>}
      {command && <kbd>{keysOf(command, platform)}</kbd>}
    </div>
  );
}
