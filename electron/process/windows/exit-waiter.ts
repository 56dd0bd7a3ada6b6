/**
 * Windows: the system's own wait threads set one event when any watched process ends
 * (RegisterWaitForSingleObject with SetEvent itself as the callback), and one asynchronous native
 * call waits for that event. So there is no limit of 63 and one thread of Node's pool at most.
 */
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

function exitOf(handle: number): ExitInfo {
  const code: [number] | [null] = [null];
  win32().GetExitCodeProcess(handle, code);
  return { code: code[0], signal: null };
}

export function createWindowsExitWaiter(): ExitWaiter {
  const watches = new Set<Watch>();
  let event = 0;
  let waiting = false;
  /** Electron goes on with its loop after `exit`: a wait begun there would hold the end up for ever. */
  let leaving = false;
  const wake = (): void => {
    if (waiting) win32().SetEvent(event);
  };
  const leave = (): void => {
    leaving = true;
    wake();
  };
  const release = (watch: Watch): void => {
    watches.delete(watch);
    win32().UnregisterWaitEx(watch.registration, waitForCallbacks);
    win32().CloseHandle(watch.handle);
  };
  const wait = (): void => {
    if (waiting || leaving) return;
    if (watches.size === 0) {
      if (event) win32().CloseHandle(event);
      event = 0;
      process.off('exit', leave);
      return;
    }
    waiting = true;
    win32().WaitForSingleObject.async(event, infinite, () => {
      waiting = false;
      const over = [...watches].filter(
        (one) => win32().WaitForSingleObject(one.handle, 0) === waitSignalled,
      );
      const exits = over.map((one) => exitOf(one.handle));
      over.forEach(release);
      wait();
      over.forEach((one, index) => {
        one.fire(exits[index] ?? { code: null, signal: null });
      });
    });
  };
  return {
    watch(identity, onExit) {
      let pending = true;
      const fire = (exit: ExitInfo): void => {
        if (pending) onExit(exit);
        pending = false;
      };
      const handle = openVerified(identity, access.synchronize);
      if (!handle) {
        setImmediate(fire, { code: null, signal: null });
        return () => {
          pending = false;
        };
      }
      if (!event) {
        event = win32().CreateEventW(null, 0, 0, null);
        process.on('exit', leave);
      }
      const setEvent = win32().GetProcAddress(win32().GetModuleHandleW('kernel32.dll'), 'SetEvent');
      const registration: [number] | [null] = [null];
      win32().RegisterWaitForSingleObject(
        registration,
        handle,
        setEvent,
        event,
        infinite,
        onlyOnce,
      );
      const watch: Watch = { handle, registration: registration[0] ?? 0, fire };
      watches.add(watch);
      wait();
      return () => {
        pending = false;
        if (!watches.has(watch)) return;
        release(watch);
        wake();
      };
    },
    close() {
      for (const watch of [...watches]) release(watch);
      if (waiting) wake();
      else wait();
    },
  };
}
