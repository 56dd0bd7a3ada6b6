/** The application menu of a running app, through Electron's own Menu, over the debugger of its main process. */
import * as z from 'zod/mini';
import { attachTo, debugTargets } from './devtools.ts';

/** To be passed to the app; port 0 would be written where nothing reads it. */
export function menuArgs(port: number): readonly string[] {
  return [`--inspect=127.0.0.1:${port}`];
}

export interface MenuEntry {
  readonly label: string;
  readonly enabled: boolean;
  readonly accelerator: string | null;
}

export interface AppMenu {
  /** The item with this id; null where there is none. */
  item(id: string): Promise<MenuEntry | null>;
  /** Does what a click on the item does. */
  click(id: string): Promise<void>;
  /** Whether the window hides its menu bar until Alt. */
  hidesItself(): Promise<boolean>;
}

/** @param port the one of `menuArgs` */
export function menuOf(port: number): AppMenu {
  const electron = "process.getBuiltinModule('module').createRequire(process.execPath)('electron')";
  const ask = (expression: string): Promise<unknown> =>
    evaluate(port, `(({ Menu, BrowserWindow }) => ${expression})(${electron})`);
  const itemOf = (id: string): string =>
    `Menu.getApplicationMenu().getMenuItemById(${JSON.stringify(id)})`;
  return {
    async item(id) {
      const fields = '{ label: i.label, enabled: i.enabled, accelerator: i.accelerator ?? null }';
      // Made by the expression above.
      return (await ask(`((i) => i && (${fields}))(${itemOf(id)})`)) as MenuEntry | null;
    },
    async click(id) {
      await ask(`${itemOf(id)}.click()`);
    },
    async hidesItself() {
      const bar = 'window.isMenuBarAutoHide() && !window.isMenuBarVisible()';
      return (await ask(`((window) => ${bar})(BrowserWindow.getAllWindows()[0])`)) === true;
    },
  };
}

const answerSchema = z.object({
  result: z.object({ value: z.optional(z.unknown()) }),
  exceptionDetails: z.optional(z.unknown()),
});

/** One question, one connection. Rejects when the expression throws. */
async function evaluate(port: number, expression: string): Promise<unknown> {
  const [target] = await debugTargets(port);
  if (!target) throw new Error('The main process has no debugger.');
  const main = await attachTo(target.webSocketDebuggerUrl);
  try {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const answer = z.parse(answerSchema, await main.send('Runtime.evaluate', params));
    if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
    return answer.result.value;
  } finally {
    main.close();
  }
}
