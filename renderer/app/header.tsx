/** One headline for the whole app, as the service said it, with what needs the user as a suffix. */
import { Play, Search } from 'lucide-react';
import { Suspense } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { lazyPart } from '../components/lazy-part.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { useTextPace } from '../components/text-pace.ts';
import { formatTimeLeft } from '../format/time.ts';
import { useApp, useStatus } from './app-context.tsx';
import styles from './header.module.css';

const PauseMenu = lazyPart(() => import('./pause-menu.tsx').then((module) => ({ default: module.PauseMenu })));

export function Header({ onPalette }: { readonly onPalette: () => void }) {
  const { mac } = useApp();
  return (
    <header className={styles['header']}>
      <Headline />
      <div className={styles['actions']}>
        <HeadlineAction />
        <Button look="normal" className={styles['palette']} onClick={onPalette} aria-keyshortcuts={mac ? 'Meta+K' : 'Control+K'}>
          <Search size={14} aria-hidden="true" /><span className={styles['paletteWord']}>{say('palette.open')}</span>
          <kbd className={styles['kbd']}>{mac ? '⌘K' : 'Ctrl K'}</kbd>
        </Button>
      </div>
      <HeadlineBar />
    </header>
  );
}

function Headline() {
  const { route } = useApp();
  const kind = useStatus((state) => (state.connection === 'lost' ? 'serviceStopped' : state.status?.headline.kind ?? null));
  const text = useStatus((state) => (state.connection === 'lost' ? say('headline.serviceStopped') : state.status?.headline.text ?? say('headline.loading')));
  const suffix = useStatus((state) => (state.connection === 'lost' ? null : state.status?.headline.suffix ?? null));
  const calmText = useTextPace(text);
  const acting = kind === 'serviceStopped' || kind === 'folderStopped';
  return (
    <p className={styles['headline']} data-kind={kind ?? 'loading'}>
      <span className={acting ? styles['acting'] : styles['text']}>{calmText}</span>
      {suffix !== null && (
        <span className={styles['suffix']}>
          <span aria-hidden="true"> · </span>
          <Button look="link" onClick={() => route.go({ screen: 'needsYou' })}>{suffix}</Button>
        </span>
      )}
    </p>
  );
}

function HeadlineAction() {
  const app = useApp();
  const kind = useStatus((state) => state.status?.headline.kind ?? null);
  const lost = useStatus((state) => state.connection === 'lost');
  if (lost) return app.bridge === null ? null : <Button look="primary" onClick={() => void app.bridge?.restartService()}>{say('do.startAgain')}</Button>;
  if (kind === null || kind === 'firstRun') return null;
  if (kind === 'paused') return <Button look="primary" onClick={() => void app.act('resume', {}, null)}><Play size={14} aria-hidden="true" />{say('do.resume')}</Button>;
  return (
    <>
      {kind === 'offline' && <Button onClick={() => void app.act('syncNow', {}, null)}>{say('do.tryNow')}</Button>}
      <Suspense fallback={<Button>{say('do.pause')}</Button>}><PauseMenu /></Suspense>
    </>
  );
}

function HeadlineBar() {
  const kind = useStatus((state) => (state.connection === 'lost' ? null : state.status?.headline.kind ?? null));
  const progress = useStatus((state) => state.status?.progress ?? null);
  if (progress === null || (kind !== 'syncing' && kind !== 'checking')) return null;
  const files = say('transfers.valueText', { done: progress.filesDone, total: progress.filesTotal });
  const valueText = progress.secondsLeft === null ? files : `${files}, ${formatTimeLeft(progress.secondsLeft)}`;
  return <div className={styles['bar']}><ProgressBar thin percent={progress.percent} label={say('transfers.progress')} valueText={valueText} /></div>;
}
