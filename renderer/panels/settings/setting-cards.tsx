/** Settings with a choice of sizes and times, how Holdfast starts, and the way back to the defaults. */

import type { ReactNode } from 'react';
import { settingDefaults } from '../../../electron/contract/setting-defaults.ts';
import type { Settings, SettingsChange } from '../../../electron/contract/settings.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Check, Choice } from '../../ui/choice.tsx';
import { graceName, graces, languageOptions, logSizeName, logSizes, themes } from './choices.ts';
import { LoginSwitch } from './login-switch.tsx';

export function AppearanceCard() {
  const { send } = useHoldfast();
  const { theme, language } = useApp(({ settings }) => settings);
  return (
    <Card title={words.settings.appearance}>
      <div className="settings-list">
        <Setting name={words.settings.theme}>
          <Choice
            legend={words.settings.theme}
            layout="segments"
            options={themes()}
            value={theme}
            onChange={(value) => void send('settings.change', { theme: value })}
            testId="settings-theme"
          />
        </Setting>
        <Setting name={words.settings.language}>
          <Choice
            legend={words.settings.language}
            layout="segments"
            options={languageOptions()}
            value={language}
            onChange={(value) => void send('settings.change', { language: value })}
            testId="settings-language"
          />
        </Setting>
      </div>
    </Card>
  );
}

interface SettingProps {
  readonly name: string;
  readonly hint?: string;
  /** What is chosen from. */
  readonly children: ReactNode;
}

function Setting({ name, hint, children }: SettingProps) {
  return (
    <div className="setting">
      <p className="choice-label">
        {name}
        {hint !== undefined && <small>{hint}</small>}
      </p>
      {children}
    </div>
  );
}

export function StartCard() {
  const { send } = useHoldfast();
  const startHidden = useApp(({ settings }) => settings.startHidden);
  const tray = useApp((state) => state.tray);
  return (
    <Card title={words.settings.starting}>
      <div className="settings-list">
        <LoginSwitch />
        <Check
          kind="switch"
          checked={startHidden}
          onChange={(wanted) => void send('settings.change', { startHidden: wanted })}
          hint={tray ? words.settings.startHiddenHint : words.settings.startHiddenNoTray}
          testId="settings-start-hidden"
        >
          {words.settings.startHidden}
        </Check>
      </div>
    </Card>
  );
}

export function GatewaysCard() {
  const { send } = useHoldfast();
  const { logMegabytes, newGatewayGraceMs } = useApp(({ settings }) => settings);
  return (
    <Card title={words.settings.gateways}>
      <div className="settings-list">
        <NumberSetting
          name={words.settings.logSize}
          hint={words.settings.logSizeHint}
          offered={logSizes}
          nameOf={logSizeName}
          value={logMegabytes}
          onChange={(value) => void send('settings.change', { logMegabytes: value })}
          testId="settings-log-size"
        />
        <NumberSetting
          name={words.settings.grace}
          hint={words.settings.graceHint}
          offered={graces}
          nameOf={graceName}
          value={newGatewayGraceMs}
          onChange={(value) => void send('settings.change', { newGatewayGraceMs: value })}
          testId="settings-grace"
        />
      </div>
    </Card>
  );
}

interface NumberSettingProps {
  readonly name: string;
  readonly hint: string;
  readonly offered: readonly number[];
  readonly nameOf: (value: number) => string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly testId: string;
}

/** One of a few numbers; one that was written into the file by hand is offered too. */
function NumberSetting(props: NumberSettingProps) {
  const { name, hint, offered, nameOf, value, onChange, testId } = props;
  const all = [...new Set([...offered, value])].sort((a, b) => a - b);
  return (
    <Setting name={name} hint={hint}>
      <Choice
        legend={name}
        layout="segments"
        options={all.map((one) => ({ value: String(one), label: nameOf(one) }))}
        value={String(value)}
        onChange={(chosen) => onChange(Number(chosen))}
        testId={testId}
      />
    </Setting>
  );
}

export function ResetCard() {
  const { send, tell } = useHoldfast();
  const settings = useApp((state) => state.settings);
  const isReset = sameSettings(settings, settingDefaults);
  const reset = async (): Promise<void> => {
    const before = chosenIn(settings);
    if (!(await send('settings.change', { ...settingDefaults }, 'reset'))) return;
    tell(words.settings.wasReset, {
      name: words.common.undo,
      run: () => void send('settings.change', before),
    });
  };
  return (
    <Card title={words.settings.reset}>
      <p className="card-note">{words.settings.resetHint}</p>
      <div className="form-actions">
        <Button disabled={isReset} onClick={() => void reset()} testId="settings-reset">
          {words.settings.resetButton}
        </Button>
      </div>
    </Card>
  );
}

// Object.keys knows only that they are strings.
const chosenNames = Object.keys(settingDefaults) as (keyof typeof settingDefaults)[];

/** The part of the settings that resetting changes. */
function chosenIn(settings: Settings): SettingsChange {
  // Each name with its own value, which Object.fromEntries can't tell.
  return Object.fromEntries(chosenNames.map((name) => [name, settings[name]])) as SettingsChange;
}

function sameSettings(one: Settings, other: typeof settingDefaults): boolean {
  return JSON.stringify(chosenIn(one)) === JSON.stringify(chosenIn({ ...one, ...other }));
}
