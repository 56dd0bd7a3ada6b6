/**
 * What can be done by keys, in one table: the menu's accelerators, the keys that the window listens to,
 * the tooltips, the palette and the list of keys are all read from it. Pure.
 */

interface Shortcut {
  /** As Electron writes it. */
  readonly accelerator: string;
  readonly group: 'anywhere' | 'gateway' | 'window';
}

export const shortcuts = {
  palette: { accelerator: 'CmdOrCtrl+K', group: 'anywhere' },
  home: { accelerator: 'CmdOrCtrl+1', group: 'anywhere' },
  update: { accelerator: 'CmdOrCtrl+6', group: 'anywhere' },
  add: { accelerator: 'CmdOrCtrl+N', group: 'anywhere' },
  settings: { accelerator: 'CmdOrCtrl+,', group: 'anywhere' },
  status: { accelerator: 'CmdOrCtrl+2', group: 'gateway' },
  logs: { accelerator: 'CmdOrCtrl+3', group: 'gateway' },
  history: { accelerator: 'CmdOrCtrl+4', group: 'gateway' },
  profile: { accelerator: 'CmdOrCtrl+5', group: 'gateway' },
  find: { accelerator: 'CmdOrCtrl+F', group: 'gateway' },
  start: { accelerator: 'CmdOrCtrl+Shift+S', group: 'gateway' },
  restart: { accelerator: 'CmdOrCtrl+Shift+R', group: 'gateway' },
  stop: { accelerator: 'CmdOrCtrl+Shift+E', group: 'gateway' },
  shortcuts: { accelerator: 'CmdOrCtrl+/', group: 'window' },
  close: { accelerator: 'CmdOrCtrl+W', group: 'window' },
  quit: { accelerator: 'CmdOrCtrl+Q', group: 'window' },
} as const satisfies Readonly<Record<string, Shortcut>>;

export type Command = keyof typeof shortcuts;

/** Every command that has keys, in the order in which they are listed. */
// Object.keys knows only that they are strings.
export const commands = Object.keys(shortcuts) as readonly Command[];

const macNames: Readonly<Record<string, string>> = { Shift: '⇧', CmdOrCtrl: '⌘' };

/** The keys of a command as `platform` (`process.platform`) writes them: `Ctrl+Shift+R`, `⇧⌘R`. */
export function keysOf(command: Command, platform: string): string {
  const parts = shortcuts[command].accelerator.split('+');
  if (platform !== 'darwin') return parts.join('+').replace('CmdOrCtrl', 'Ctrl');
  // Shift comes before Command there.
  const modifiers = ['Shift', 'CmdOrCtrl'].filter((one) => parts.includes(one));
  return [...modifiers.map((one) => macNames[one]), parts.at(-1)].join('');
}

/** A key that is pressed, as a page gets it. */
export interface PressedKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The command that a pressed key stands for on `platform`; null for none. */
export function commandOf(pressed: PressedKey, platform: string): Command | null {
  const [wanted, other] =
    platform === 'darwin' ? [pressed.metaKey, pressed.ctrlKey] : [pressed.ctrlKey, pressed.metaKey];
  if (!wanted || other || pressed.altKey) return null;
  // Where the layout has no Latin letters, the place of the key counts.
  const key = /^[ -~]$/.test(pressed.key)
    ? pressed.key.toUpperCase()
    : pressed.code.replace(/^(Key|Digit)/, '');
  const found = commands.find((command) => {
    const parts = shortcuts[command].accelerator.split('+');
    // Some layouts have signs behind Shift.
    const shift = /^[A-Z0-9]$/.test(key) ? parts.includes('Shift') === pressed.shiftKey : true;
    return parts.at(-1) === key && shift;
  });
  return found ?? null;
}
