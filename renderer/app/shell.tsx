/** The window: rail, headline, the screen that is asked for, and what floats above it. */
import { Suspense, useCallback, useEffect, useState, type ComponentType } from 'react';
import { useStore } from 'zustand';
import { say } from '../../shared/words/words.ts';
import { lazyPart, PartBoundary } from '../components/lazy-part.tsx';
import { LiveRegions } from '../components/live-regions.tsx';
import { FilesScreen } from '../screens/files/files-screen.tsx';
import type { Screen } from '../stores/route-store.ts';
import { useApp, useRoute, useStatus } from './app-context.tsx';
import { useShortcuts } from './ui-context.tsx';
import { DropTarget } from './drop-target.tsx';
import { Header } from './header.tsx';
import { MoreScreen, Navigation } from './navigation.tsx';
import { sections } from './sections.ts';
import styles from './shell.module.css';

const Transfers = lazyPart(() => import('../screens/transfers/transfers-screen.tsx').then((module) => ({ default: module.TransfersScreen })));
const Activity = lazyPart(() => import('../screens/activity/activity-screen.tsx').then((module) => ({ default: module.ActivityScreen })));
const NeedsYou = lazyPart(() => import('../screens/needs-you/needs-you-screen.tsx').then((module) => ({ default: module.NeedsYouScreen })));
const Storage = lazyPart(() => import('../screens/storage/storage-screen.tsx').then((module) => ({ default: module.StorageScreen })));
const Settings = lazyPart(() => import('../screens/settings/settings-screen.tsx').then((module) => ({ default: module.SettingsScreen })));
const FirstRun = lazyPart(() => import('../screens/first-run/first-run-screen.tsx').then((module) => ({ default: module.FirstRunScreen })));
const Palette = lazyPart(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const ShortcutDialog = lazyPart(() => import('./shortcut-dialog.tsx').then((module) => ({ default: module.ShortcutDialog })));
const Toaster = lazyPart(() => import('./toaster.tsx').then((module) => ({ default: module.Toaster })));

const screensByName: Readonly<Record<Screen, ComponentType>> = {
  files: FilesScreen, transfers: Transfers, activity: Activity, needsYou: NeedsYou, storage: Storage, settings: Settings, more: MoreScreen, addFolder: FirstRun,
};

export function Shell() {
  const app = useApp();
  const [floating, setFloating] = useState<'palette' | 'shortcuts' | null>(null);
  const firstRun = useStatus((state) => state.status?.headline.kind === 'firstRun');
  const screen = useRoute((route) => route.screen);
  const openPalette = useCallback(() => setFloating('palette'), []);
  const close = useCallback(() => setFloating(null), []);
  const pause = (): void => {
    const paused = app.status.getState().status?.headline.kind === 'paused';
    void (paused ? app.act('resume', {}, null) : app.act('pause', {}, null));
  };
  useShortcuts([
    { keys: 'Mod+K', inFields: true, run: openPalette },
    { keys: '?', run: () => setFloating('shortcuts') },
    { keys: 'Mod+Shift+P', inFields: true, run: pause },
    { keys: 'Mod+,', inFields: true, run: () => app.route.go({ screen: 'settings' }) },
    ...sections.map((section, at) => ({ keys: `Mod+${at + 1}`, inFields: true, run: () => app.route.go({ screen: section.screen, entry: null }) })),
  ]);
  useTheme();
  useWindowTitle();
  const Current = firstRun && screen !== 'settings' ? FirstRun : screensByName[screen];
  return (
    <DropTarget>
      <a className={styles['skip']} href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById('content')?.focus();
      }}>{say('nav.skip')}</a>
      <div className={firstRun ? styles['bare'] : styles['shell']}>
        {!firstRun && <Navigation />}
        <Header onPalette={openPalette} />
        <main id="content" className={styles['main']} tabIndex={-1}>
          <PartBoundary key={screen}><Suspense fallback={null}><Current /></Suspense></PartBoundary>
        </main>
      </div>
      <LiveRegions />
      <Notices />
      <PartBoundary quiet><Suspense fallback={null}>
        {floating === 'palette' && <Palette onClose={close} onShortcuts={() => setFloating('shortcuts')} />}
        {floating === 'shortcuts' && <ShortcutDialog onClose={close} />}
      </Suspense></PartBoundary>
    </DropTarget>
  );
}

/** The toast machinery is only fetched once there is something to say. */
function Notices() {
  const { notices } = useApp();
  const any = useStore(notices, (state) => state.notices.length > 0);
  const [needed, setNeeded] = useState(false);
  if (any && !needed) setNeeded(true);
  return needed ? <PartBoundary quiet><Suspense fallback={null}><Toaster /></Suspense></PartBoundary> : null;
}

function useTheme(): void {
  const { settings } = useApp();
  const theme = useStore(settings, (reading) => reading.value?.theme ?? null);
  useEffect(() => {
    if (theme === null || theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}

function useWindowTitle(): void {
  const text = useStatus((state) => (state.connection === 'lost' ? say('headline.serviceStopped') : state.status?.headline.text ?? null));
  useEffect(() => {
    document.title = text === null ? say('app.name') : `${text} – ${say('app.name')}`;
  }, [text]);
}
