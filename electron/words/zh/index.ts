/** Simplified Chinese. */
import type { Words } from '../words.ts';
import * as add from './add.ts';
import * as common from './common.ts';
import { counts } from './counting.ts';
import * as desktop from './desktop.ts';
import * as events from './events.ts';
import * as gateway from './gateway.ts';
import * as logs from './logs.ts';
import * as palette from './palette.ts';
import * as presets from './presets.ts';
import * as settings from './settings.ts';
import * as shell from './shell.ts';
import * as states from './states.ts';
import * as transfer from './transfer.ts';
import * as updateView from './update-view.ts';
import * as updates from './updates.ts';

export const zh: Words = {
  language: 'zh',
  ...counts,
  ...states,
  ...events,
  ...transfer,
  ...updates,
  ...desktop,
  ...common,
  ...palette,
  ...settings,
  ...shell,
  ...gateway,
  ...logs,
  ...add,
  ...updateView,
  ...presets,
};
