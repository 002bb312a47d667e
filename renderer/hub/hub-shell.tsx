/** A member's window: rail, headline with who is in, the screen that is asked for, uploads, and what floats above. */
import { Files, Link, LogOut, Trash2, UserRound, UsersRound, type LucideIcon } from 'lucide-react';
import { Suspense, useEffect, useState, type ComponentType } from 'react';
import { useStore } from 'zustand';
import { say, type WordId } from '../../shared/words/words.ts';
import { useShortcuts, useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import { lazyPart, PartBoundary } from '../components/lazy-part.tsx';
import { LiveRegions } from '../components/live-regions.tsx';
import { Logo } from '../components/strata-mark.tsx';
import navigationStyles from '../app/navigation.module.css';
import headerStyles from '../app/header.module.css';
import shellStyles from '../app/shell.module.css';
import { useHub, useHubRoute, useHubState } from './hub-context.tsx';
import type { HubScreen } from './hub-route.ts';
import styles from './hub-shell.module.css';
import { LibraryScreen } from './library-screen.tsx';
import { sumOf } from './upload-store.ts';

const Trash = lazyPart(() => import('./trash-screen.tsx').then((module) => ({ default: module.TrashScreen })));
const Links = lazyPart(() => import('./links-screen.tsx').then((module) => ({ default: module.LinksScreen })));
const Profile = lazyPart(() => import('./profile-screen.tsx').then((module) => ({ default: module.ProfileScreen })));
const Members = lazyPart(() => import('./members-screen.tsx').then((module) => ({ default: module.MembersScreen })));
const Toaster = lazyPart(() => import('../app/toaster.tsx').then((module) => ({ default: module.Toaster })));
const UploadPanel = lazyPart(() => import('./upload-panel.tsx').then((module) => ({ default: module.UploadPanel })));
const Unfinished = lazyPart(() => import('./unfinished.tsx').then((module) => ({ default: module.Unfinished })));
const LogInAgain = lazyPart(() => import('./log-in-again.tsx').then((module) => ({ default: module.LogInAgain })));

const screens: Readonly<Record<HubScreen, { readonly show: ComponentType; readonly word: WordId; readonly icon: LucideIcon }>> = {
  files: { show: LibraryScreen, word: 'hub.nav.files', icon: Files },
  trash: { show: Trash, word: 'hub.nav.trash', icon: Trash2 },
  links: { show: Links, word: 'hub.nav.links', icon: Link },
  profile: { show: Profile, word: 'hub.nav.profile', icon: UserRound },
  members: { show: Members, word: 'hub.nav.members', icon: UsersRound },
};

export function HubShell() {
  const { uploads } = useHub();
  const screen = useHubRoute((route) => route.screen);
  const role = useHubState((state) => state.member?.role ?? 'guest');
  const loggingInAgain = useHubState((state) => state.loggingInAgain);
  const anyUploads = useStore(uploads, (state) => state.uploads.length > 0);
  const shown = (Object.keys(screens) as HubScreen[]).filter((name) => name !== 'members' || role === 'owner' || role === 'admin');
  const Current = screens[shown.includes(screen) ? screen : 'files'].show;
  return (
    <>
      <a className={shellStyles['skip']} href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById('content')?.focus();
      }}>{say('nav.skip')}</a>
      <div className={shellStyles['shell']}>
        <Rail shown={shown} />
        <Header />
        <main id="content" className={`${shellStyles['main'] ?? ''} ${styles['main'] ?? ''}`} tabIndex={-1}>
          <div className={styles['screen']}><PartBoundary key={screen}><Suspense fallback={null}><Current /></Suspense></PartBoundary></div>
          {screen === 'files' && role !== 'guest' && <PartBoundary quiet><Suspense fallback={null}><Unfinished /></Suspense></PartBoundary>}
          {anyUploads && <PartBoundary quiet><Suspense fallback={null}><UploadPanel /></Suspense></PartBoundary>}
        </main>
      </div>
      <LiveRegions />
      <Notices />
      {loggingInAgain && <Suspense fallback={null}><LogInAgain /></Suspense>}
      <LeaveGuard />
    </>
  );
}

function Rail({ shown }: { readonly shown: readonly HubScreen[] }) {
  const { route } = useHub();
  const current = useHubRoute((state) => state.screen);
  const open = (screen: HubScreen): void => route.go({ screen, ...(screen === 'files' ? { folder: '', search: '', kind: '' } : {}) });
  useShortcuts(shown.map((screen, at) => ({ keys: `Mod+${at + 1}`, inFields: true, run: () => open(screen) })));
  return (
    <nav className={navigationStyles['rail']} aria-label={say('nav.label')}>
      <div className={navigationStyles['brand']}><Logo /><span>{say('app.name')}</span></div>
      <ul className={`${navigationStyles['list'] ?? ''} ${styles['list'] ?? ''}`}>
        {shown.map((screen) => {
          const { word, icon: Icon } = screens[screen];
          return (
            <li key={screen}>
              <button type="button" className={navigationStyles['item']} aria-current={current === screen ? 'page' : undefined} onClick={() => open(screen)}>
                <Icon size={18} strokeWidth={1.75} aria-hidden="true" /><span className={navigationStyles['word']}>{say(word)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Header() {
  const hub = useHub();
  const { uploads } = hub;
  const email = useHubState((state) => state.member?.email ?? '');
  const answers = useHubState((state) => state.answers);
  const list = useStore(uploads, (state) => state.uploads);
  const sum = sumOf(list);
  const text = !answers ? say('hub.noAnswer') : sum.open > 0 ? say('hub.upload.open', { open: sum.open, percent: sum.percent }) : say('hub.upToDate');
  useEffect(() => {
    document.title = sum.open > 0 || !answers ? `${text} – ${say('app.name')}` : say('app.name');
  }, [text, sum.open, answers]);
  return (
    <header className={headerStyles['header']}>
      <p className={headerStyles['headline']} data-kind={answers ? 'fine' : 'offline'}><span className={answers ? headerStyles['text'] : headerStyles['acting']}>{text}</span></p>
      <div className={`${headerStyles['actions'] ?? ''} ${styles['who'] ?? ''}`}>
        <span className={styles['email']} title={email}>{email}</span>
        <Button onClick={() => void hub.leave()}><LogOut size={14} aria-hidden="true" /><span className={styles['leave']}>{say('hub.logOut')}</span></Button>
      </div>
    </header>
  );
}

/** The toast machinery is only fetched once there is something to say. */
function Notices() {
  const { notices } = useUi();
  const any = useStore(notices, (state) => state.notices.length > 0);
  const [needed, setNeeded] = useState(false);
  if (any && !needed) setNeeded(true);
  return needed ? <PartBoundary quiet><Suspense fallback={null}><Toaster /></Suspense></PartBoundary> : null;
}

/** Leaving would stop what is on its way: the browser asks first. */
function LeaveGuard() {
  const { uploads } = useHub();
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if (sumOf(uploads.getState().uploads).open > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [uploads]);
  return null;
}
