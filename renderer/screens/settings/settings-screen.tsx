/** Settings: everything is saved at once and can be taken back; a search finds a part by its words. */
import { Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Settings } from '../../../shared/api/contract.ts';
import { say, type WordId } from '../../../shared/words/words.ts';
import { useApp, useRoute } from '../../app/app-context.tsx';
import field from '../../components/field.module.css';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { About } from './about.tsx';
import { Folders } from './folders.tsx';
import { Choice, NumberField, Switch, TextField } from './setting-fields.tsx';
import styles from './settings.module.css';

const Sharing = lazyPart(() => import('./sharing.tsx').then((module) => ({ default: module.Sharing })));

const parts = ['general', 'folders', 'sharing', 'network', 'notifications', 'about'] as const;
type Part = (typeof parts)[number];
const partTitles: Readonly<Record<Part, WordId>> = { general: 'settings.general', folders: 'settings.folders', sharing: 'sharing.part', network: 'settings.network', notifications: 'settings.notifications', about: 'settings.about' };
/** The words each part is found by. */
const partWords: Readonly<Record<Part, readonly WordId[]>> = {
  general: ['settings.deviceName', 'settings.theme', 'settings.openAtLogin', 'settings.trashDays'],
  folders: ['settings.addFolder', 'chosen.open', 'settings.places', 'settings.doctor', 'settings.enterKeys', 'settings.removeFolder', 'do.pause'],
  sharing: ['sharing.start', 'sharing.addresses', 'sharing.fingerprint', 'sharing.ownCertificate'],
  network: ['settings.up', 'settings.down', 'settings.concurrency', 'transfers.limits'],
  notifications: ['settings.notifyNeedsYou', 'settings.notifyBackFromArchive', 'settings.notifyJobDone', 'settings.notifyUnreachable'],
  about: ['settings.version', 'settings.licence', 'settings.dataDir', 'settings.report'],
};

export function SettingsScreen() {
  const app = useApp();
  const settings = useStore(app.settings, (reading) => reading.value);
  const [search, setSearch] = useState('');
  useEffect(() => void app.settings.read(), [app]);
  useShownSection();
  const wanted = search.trim().toLowerCase();
  const shown = parts.filter((part) => wanted === '' || [say(partTitles[part]), ...partWords[part].map((word) => say(word))].some((text) => text.toLowerCase().includes(wanted)));
  return (
    <div className={panel['screen']}>
      <div className={panel['column']}>
        <div className={panel['spread']}>
          <h1>{say('settings.title')}</h1>
          <input type="text" inputMode="search" className={`${field['input'] ?? ''} ${styles['search'] ?? ''}`} aria-label={say('settings.search')} placeholder={say('settings.search')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        </div>
        {shown.length === 0 && <p className={panel['quiet']}>{say('settings.noMatch', { text: search })}</p>}
        {settings !== null && shown.map((part) => (
          <section key={part} id={`settings-${part}`} className={panel['panel']} tabIndex={-1} aria-labelledby={`settings-${part}-title`}>
            <h2 id={`settings-${part}-title`} className={styles['title']}>{say(partTitles[part])}</h2>
            <PartBody part={part} settings={settings} />
          </section>
        ))}
      </div>
    </div>
  );
}

function useShownSection(): void {
  const section = useRoute((route) => route.section);
  const { settings } = useApp();
  const ready = useStore(settings, (reading) => reading.value !== null);
  useEffect(() => {
    if (section === null || !ready) return;
    const part = document.getElementById(`settings-${section}`);
    part?.scrollIntoView({ block: 'start' });
    part?.focus({ preventScroll: true });
  }, [section, ready]);
}

function PartBody({ part, settings }: { readonly part: Part; readonly settings: Settings }) {
  const app = useApp();
  const save = async (change: Partial<Settings>): Promise<void> => {
    const answer = await app.act('writeSettings', change, say('settings.saved'));
    if (answer !== null) app.settings.apply(answer.settings);
    if (change.openAtLogin !== undefined) await app.bridge?.writeOpenAtLogin(change.openAtLogin);
  };
  const write = (change: Partial<Settings>): void => void save(change);
  if (part === 'folders') return <Folders />;
  if (part === 'about') return <About />;
  if (part === 'sharing') return <Suspense fallback={null}><Sharing /></Suspense>;
  if (part === 'network') {
    return (
      <div className={styles['fields']}>
        <NumberField label={say('settings.up')} hint={say('settings.unit')} min={0} max={100_000} step={0.1} value={settings.upBytesPerSecond / 1_000_000} onSave={(value) => write({ upBytesPerSecond: Math.round(value * 1_000_000) })} />
        <NumberField label={say('settings.down')} hint={say('settings.unit')} min={0} max={100_000} step={0.1} value={settings.downBytesPerSecond / 1_000_000} onSave={(value) => write({ downBytesPerSecond: Math.round(value * 1_000_000) })} />
        <NumberField label={say('settings.concurrency')} hint={say('settings.concurrencyHint')} min={1} max={128} step={1} value={settings.concurrency} onSave={(value) => write({ concurrency: value })} />
      </div>
    );
  }
  if (part === 'notifications') {
    return (
      <div className={styles['fields']}>
        {(['notifyNeedsYou', 'notifyBackFromArchive', 'notifyJobDone', 'notifyUnreachable'] as const).map((name) => (
          <Switch key={name} label={say(`settings.${name}`)} checked={settings[name]} onSave={(checked) => write({ [name]: checked })} />
        ))}
      </div>
    );
  }
  return (
    <div className={styles['fields']}>
      <TextField label={say('settings.deviceName')} hint={say('settings.deviceNameHint')} value={settings.deviceName} maxLength={60} onSave={(deviceName) => write({ deviceName })} />
      <Choice label={say('settings.theme')} value={settings.theme} options={(['system', 'light', 'dark'] as const).map((theme) => [theme, say(`settings.theme.${theme}`)] as const)} onSave={(theme) => write({ theme })} />
      {app.bridge !== null && <Switch label={say('settings.openAtLogin')} checked={settings.openAtLogin} onSave={(openAtLogin) => write({ openAtLogin })} />}
      <NumberField label={say('settings.trashDays')} hint="" min={1} max={3650} step={1} value={settings.trashDays} onSave={(trashDays) => write({ trashDays })} />
    </div>
  );
}
