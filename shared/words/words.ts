/** Says a word of the catalogue in the user's language; page, tray and command line all call it by id. */
import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { englishApp } from './english-app.ts';
import { englishDialogs } from './english-dialogs.ts';
import { englishHub } from './english-hub.ts';
import { englishScreens } from './english-screens.ts';
import { englishShell } from './english-shell.ts';

export const english = { ...englishApp, ...englishScreens, ...englishDialogs, ...englishHub, ...englishShell } as const;
export type WordId = keyof typeof english;
export type WordValues = Readonly<Record<string, string | number>>;

export const i18n = setupI18n();
// Production builds of Lingui carry no compiler; without this the ICU text itself would be shown.
i18n.setMessagesCompiler(compileMessage);
i18n.load('en', english);
i18n.activate('en');

export function say(id: WordId, values?: WordValues): string {
  return values === undefined ? i18n._(id) : i18n._(id, { ...values });
}
