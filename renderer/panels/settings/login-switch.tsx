/** Whether the gateways start at login: in the settings, and on the first view. */
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Check } from '../../ui/choice.tsx';

export function LoginSwitch() {
  const { send } = useHoldfast();
  const startAtLogin = useApp(({ settings }) => settings.startAtLogin);
  return (
    <Check
      kind="switch"
      checked={startAtLogin}
      onChange={(wanted) => void send('settings.change', { startAtLogin: wanted })}
      hint={words.settings.atLoginHint}
      testId="settings-start-at-login"
    >
      {words.settings.atLogin}
    </Check>
  );
}
