/**
 * Windows: the system's own wait threads set one event when any watched process ends
 * (RegisterWaitForSingleObject with SetEvent itself as the callback), and one asynchronous native
 * call waits for that event. So there is no limit of 63 and one thread of Node's pool at most.
 */
import type { Identity } from '../../contract/identity.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import type { ExitInfo } from '../spawn-spec.ts';
import { access, infinite, waitSignalled, win32 } from './kernel32.ts';
import { openVerified } from './processes.ts';

const onlyOnce = 0x8;
const waitForCallbacks = -1;

interface Watch {
  readonly handle: number;
  readonly registration: number;
  readonly fire: (exit: ExitInfo) => void;
}

const unknownExit: ExitInfo = { code: null, signal: null };

function exitOf(handle: number): ExitInfo {
  const code: [number] | [null] = [null];
  win32().GetExitCodeProcess(handle, code);
  return { code: code[0], signal: null };
}

/** Sets `event` when the process of `handle` has ended; answers the registration. */
function setWhenOver(handle: number, event: number): number {
  const setEvent = win32().GetProcAddress(win32().GetModuleHandleW('kernel32.dll'), 'SetEvent');
  const registration: [number] | [null] = [null];
  win32().RegisterWaitForSingleObject(registration, handle, setEvent, event, infinite, onlyOnce);
  return registration[0] ?? 0;
}

export function createWindowsExitWaiter(): ExitWaiter {
  return new WindowsExitWaiter();
}

class WindowsExitWaiter implements ExitWaiter {
  readonly #watches = new Set<Watch>();
  #event = 0;
  #waiting = false;
  /** Electron runs its loop after `exit`: a wait that begins there would delay the end for ever. */
  #leaving = false;

  watch(identity: Identity, onExit: (exit: ExitInfo) => void): () => void {
    let pending = true;
    const fire = (exit: ExitInfo): void => {
      if (pending) onExit(exit);
      pending = false;
    };
    const handle = openVerified(identity, access.synchronize);
    if (!handle) {
      setImmediate(fire, unknownExit);
      return () => {
        pending = false;
      };
    }
    const watch: Watch = { handle, registration: setWhenOver(handle, this.#openEvent()), fire };
    this.#watches.add(watch);
    this.#wait();
    return () => {
      pending = false;
      if (!this.#watches.has(watch)) return;
      this.#release(watch);
      this.#wake();
    };
  }

  close(): void {
    for (const watch of [...this.#watches]) this.#release(watch);
    if (this.#waiting) this.#wake();
    else this.#wait();
  }

  #wait(): void {
    if (this.#waiting || this.#leaving) return;
    if (this.#watches.size === 0) {
      this.#closeEvent();
      return;
    }
    this.#waiting = true;
    win32().WaitForSingleObject.async(this.#event, infinite, () => {
      this.#waiting = false;
      const over = [...this.#watches].filter(
        (one) => win32().WaitForSingleObject(one.handle, 0) === waitSignalled,
      );
      const exits = over.map((one) => exitOf(one.handle));
      for (const one of over) this.#release(one);
      this.#wait();
      over.forEach((one, index) => {
        one.fire(exits[index] ?? unknownExit);
      });
    });
  }

  #wake(): void {
    if (this.#waiting) win32().SetEvent(this.#event);
  }

  readonly #leave = (): void => {
    this.#leaving = true;
    this.#wake();
  };

  #release(watch: Watch): void {
    this.#watches.delete(watch);
    win32().UnregisterWaitEx(watch.registration, waitForCallbacks);
    win32().CloseHandle(watch.handle);
  }

  /** The event that ends the wait. */
  #openEvent(): number {
    if (!this.#event) {
      this.#event = win32().CreateEventW(null, 0, 0, null);
      process.on('exit', this.#leave);
    }
    return this.#event;
  }

  #closeEvent(): void {
    if (this.#event) win32().CloseHandle(this.#event);
    this.#event = 0;
    process.off('exit', this.#leave);
  }
}
