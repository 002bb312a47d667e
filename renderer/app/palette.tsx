/** Find or do: every section, command and synced folder by name. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useEffect, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import sheetStyles from '../components/sheet.module.css';
import { saveReport } from '../components/save-report.ts';
import type { App } from './make-app.ts';
import { useApp } from './app-context.tsx';
import styles from './palette.module.css';
import { sections } from './sections.ts';

interface Command { readonly label: string; readonly run: () => void }

export function commandsOf(app: App, onShortcuts: () => void): Command[] {
  const { status } = app.status.getState();
  const paused = status?.headline.kind === 'paused';
  const theme = (name: 'light' | 'dark' | 'system'): Command => ({ label: say(`palette.theme.${name}`), run: () => void app.act('writeSettings', { theme: name }, null).then((answer) => answer !== null && app.settings.apply(answer.settings)) });
  return [
    ...sections.map((section): Command => ({ label: say('palette.goTo', { name: say(section.word) }), run: () => app.route.go({ screen: section.screen, entry: null }) })),
    ...(status?.roots ?? []).map((root): Command => ({ label: say('palette.openFolder', { name: root.name }), run: () => app.route.go({ screen: 'files', rootId: root.id, folder: '', search: '', entry: null }) })),
    paused ? { label: say('do.resume'), run: () => void app.act('resume', {}, null) } : { label: say('do.pause'), run: () => void app.act('pause', {}, null) },
    { label: say('do.syncNow'), run: () => void app.act('syncNow', {}, null) },
    { label: say('settings.addFolder'), run: () => app.route.go({ screen: 'addFolder', folder: '' }) },
    { label: say('do.saveReport'), run: () => void saveReport(app) },
    { label: say('keys.title'), run: onShortcuts },
    theme('light'), theme('dark'), theme('system'),
  ];
}

export function Palette({ onClose, onShortcuts }: { readonly onClose: () => void; readonly onShortcuts: () => void }) {
  const app = useApp();
  const [text, setText] = useState('');
  useEffect(() => app.keys.suspend(), [app]);
  const commands = commandsOf(app, onShortcuts);
  const searched: Command = { label: say('palette.search', { text }), run: () => app.route.go({ screen: 'files', search: text, entry: null }) };
  const wanted = text.trim().toLowerCase();
  const items = wanted === '' ? commands : [...commands.filter((command) => command.label.toLowerCase().includes(wanted)), searched];
  const run = (command: Command): void => {
    onClose();
    command.run();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => {
      if (!open) onClose();
    }}>
      <Dialog.Portal>
        <Dialog.Backdrop className={sheetStyles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label={say('palette.title')}>
          <Autocomplete.Root open inline items={items} mode="none" autoHighlight="always" keepHighlight value={text} onValueChange={setText} itemToStringValue={(command: Command) => command.label}>
            <Autocomplete.Input className={styles['input']} placeholder={say('palette.prompt')} aria-label={say('palette.prompt')} />
            <Autocomplete.List className={styles['list']}>
              {(command: Command) => <Autocomplete.Item key={command.label} value={command} className={styles['item']} onClick={() => run(command)}>{command.label}</Autocomplete.Item>}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
