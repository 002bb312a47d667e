/** The uploads of this page, out of the way once all are stored: each with its word, what can be done about it, and everything at once for those that failed. */
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { CutName } from '../components/cut-name.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { formatBytes } from '../format/bytes.ts';
import { useHub } from './hub-context.tsx';
import styles from './upload-panel.module.css';
import { otherName, sumOf, type Upload } from './upload-store.ts';

/** Longer lists would only slow the page; what needs somebody comes first. */
const mostShown = 200;
const order: Readonly<Record<Upload['state'], number>> = { sending: 0, taken: 1, failed: 2, refused: 2, stopped: 3, waiting: 4, stored: 5 };

export function UploadPanel() {
  const { uploads, ui } = useHub();
  const list = useStore(uploads, (state) => state.uploads);
  const sum = sumOf(list);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && sum.open === 0) ui.announcer.polite(say('hub.upload.spokenDone', { stored: sum.stored, failed: sum.failed }));
    wasOpen.current = sum.open > 0;
  }, [ui, sum.open, sum.stored, sum.failed]);
  const isQuiet = sum.open === 0 && sum.failed === 0;
  const [unfolded, setUnfolded] = useState(false);
  const shown = [...list].sort((a, b) => order[a.state] - order[b.state]).slice(0, mostShown);
  const head = [sum.open > 0 ? say('hub.upload.open', { open: sum.open, percent: sum.percent }) : say('hub.upload.done', { count: sum.stored }), ...(sum.failed > 0 ? [say('hub.upload.failed', { count: sum.failed })] : [])].join(' · ');
  const retryable = list.some(({ state }) => state === 'failed' || state === 'stopped');
  return (
    <section className={styles['panel']} aria-label={say('hub.upload.title')}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{head}</h2>
        {retryable && <Button onClick={() => uploads.retryAll()}>{say('hub.upload.retryAll')}</Button>}
        {isQuiet && <Button look="plain" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>{say(unfolded ? 'hub.upload.fold' : 'hub.upload.unfold')}</Button>}
        <Button look="plain" onClick={() => uploads.clear()}>{say('hub.upload.clear')}</Button>
      </div>
      {sum.open > 0 && <ProgressBar thin percent={sum.percent} label={say('hub.upload.title')} valueText={head} />}
      {(!isQuiet || unfolded) && <ul className={styles['list']} tabIndex={0} aria-label={say('hub.upload.title')}>{shown.map((upload) => <Line key={upload.id} upload={upload} />)}</ul>}
    </section>
  );
}

function Line({ upload }: { readonly upload: Upload }) {
  const { uploads } = useHub();
  const percent = Math.min(99, Math.floor((upload.sentBytes / Math.max(1, upload.bytes)) * 100));
  return (
    <li className={styles['line']}>
      <div className={styles['what']}>
        <CutName name={upload.name} title={upload.folder === '' ? upload.name : `${upload.folder}/${upload.name}`} />
        <span className={upload.state === 'refused' || upload.state === 'failed' || upload.state === 'taken' ? styles['bad'] : styles['word']}>{wordOf(upload, percent)}{upload.sentence === null || upload.state === 'taken' ? '' : `. ${upload.sentence}`}</span>
      </div>
      <span className={styles['size']}>{formatBytes(upload.bytes)}</span>
      <span className={styles['do']}>
        {(upload.state === 'sending' || upload.state === 'waiting') && <Button onClick={() => uploads.stop(upload.id)} aria-label={`${say('hub.upload.stop')} ${upload.name}`}>{say('hub.upload.stop')}</Button>}
        {(upload.state === 'failed' || upload.state === 'stopped') && <Button onClick={() => uploads.retry(upload.id)} aria-label={`${say('hub.upload.retry')} ${upload.name}`}>{say('hub.upload.retry')}</Button>}
        {upload.state === 'taken' && <Button onClick={() => uploads.retry(upload.id, otherName(upload.name))} aria-label={`${say('hub.upload.keepBoth')} ${upload.name}`}>{say('hub.upload.keepBoth')}</Button>}
      </span>
    </li>
  );
}

function wordOf(upload: Upload, percent: number): string {
  if (upload.state === 'sending') return say('hub.upload.sending', { percent });
  if (upload.state === 'refused') return say('hub.upload.notAllowed');
  return upload.state === 'failed' ? say('hub.upload.failedOne') : say(`hub.upload.${upload.state}`);
}
