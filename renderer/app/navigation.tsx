/** The rail of six (a bar of four on a phone), with counts where something waits or moves. */
import { Ellipsis } from 'lucide-react';
import { say } from '../../shared/words/words.ts';
import { Logo } from '../components/strata-mark.tsx';
import { FolderTree } from '../screens/files/folder-tree.tsx';
import { formatCount } from '../format/bytes.ts';
import type { Screen } from '../stores/route-store.ts';
import { useApp, useRoute, useStatus } from './app-context.tsx';
import styles from './navigation.module.css';
import { sections, type Section } from './sections.ts';

const phoneScreens: readonly Screen[] = ['files', 'transfers', 'needsYou'];

export function Navigation() {
  const screen = useRoute((route) => route.screen);
  const needsYou = useStatus((state) => state.status?.needsYou ?? 0);
  const moving = useStatus((state) => {
    const progress = state.status?.headline.kind === 'syncing' ? state.status.progress : null;
    return progress === null || progress === undefined ? 0 : progress.filesTotal - progress.filesDone;
  });
  const counts: Partial<Record<Screen, number>> = { needsYou, transfers: moving };
  const current = screen === 'addFolder' ? 'settings' : screen;
  return (
    <nav className={styles['rail']} aria-label={say('nav.label')}>
      <div className={styles['brand']}><Logo /><span>{say('app.name')}</span></div>
      <ul className={styles['list']}>
        {sections.map((section) => <Item key={section.screen} section={section} count={counts[section.screen] ?? 0} current={current === section.screen} phone={phoneScreens.includes(section.screen)} />)}
        <Item section={{ screen: 'more', word: 'nav.more', icon: Ellipsis }} count={0} current={current === 'more' || !phoneScreens.includes(current)} phone="only" />
      </ul>
      {screen === 'files' && <FolderTree />}
    </nav>
  );
}

function Item({ section, count, current, phone }: { readonly section: Section; readonly count: number; readonly current: boolean; readonly phone: boolean | 'only' }) {
  const { route } = useApp();
  const Icon = section.icon;
  const name = say(section.word);
  const alerting = section.screen === 'needsYou' && count > 0;
  const shownOn = phone === 'only' ? styles['phoneOnly'] : phone ? styles['both'] : styles['wideOnly'];
  return (
    <li className={shownOn}>
      <button type="button" className={styles['item']} aria-current={current ? 'page' : undefined}
        onClick={() => route.go({ screen: section.screen, entry: null, section: null })}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
        <span className={styles['word']}>{name}</span>{' '}
        {count > 0 && <span className={alerting ? styles['alerting'] : styles['count']}>{count > 9999 ? '9,999+' : formatCount(count)}</span>}
      </button>
    </li>
  );
}

/** The phone's fourth place: the sections that have no room in the bar. */
export function MoreScreen() {
  const { route } = useApp();
  return (
    <div className={styles['more']}>
      <h1>{say('nav.more')}</h1>
      <ul>
        {sections.filter((section) => !phoneScreens.includes(section.screen)).map(({ screen, word, icon: Icon }) => (
          <li key={screen}><button type="button" className={styles['moreItem']} onClick={() => route.go({ screen })}><Icon size={20} aria-hidden="true" />{say(word)}</button></li>
        ))}
      </ul>
    </div>
  );
}
