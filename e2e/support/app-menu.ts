/** The application menu of a running app, through Electron's own Menu, over the debugger of its main process. */

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

/** One question, one connection. Rejects when the expression throws. */
async function evaluate(port: number, expression: string): Promise<unknown> {
  const targets: unknown = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
  const [target] = Array.isArray(targets) ? targets : [];
  const url: unknown = target?.webSocketDebuggerUrl;
  if (typeof url !== 'string') throw new Error('The main process has no debugger.');
  const socket = new WebSocket(url);
  try {
    return await new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error('The debugger of the main process is gone.'));
      socket.onopen = () => {
        const params = { expression, returnByValue: true, awaitPromise: true };
        socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
      };
      socket.onmessage = ({ data }) => {
        const { result } = JSON.parse(String(data));
        if (result?.exceptionDetails) reject(new Error(JSON.stringify(result.exceptionDetails)));
        else resolve(result?.result?.value);
      };
    });
  } finally {
    socket.close();
  }
}
