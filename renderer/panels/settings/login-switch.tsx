/** Whether the gateways start at login: in the settings, and on the first view. */
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Check } from '../../ui/choice.tsx';

const words = {
  name: 'Start my gateways when I log in',
  hint: 'Your system then starts Holdfast’s background service without this window, and starts it again if it is lost. Switch this off before you remove Holdfast.',
} as const;

export function LoginSwitch() {
  const { send } = useHoldfast();
  const startAtLogin = useApp(({ settings }) => settings.startAtLogin);
  return (
    <Check
      kind="switch"
      checked={startAtLogin}
      onChange={(wanted) => void send('settings.change', { startAtLogin: wanted })}
      hint={words.hint}
      testId="settings-start-at-login"
    >
      {words.name}
    </Check>
  );
}
