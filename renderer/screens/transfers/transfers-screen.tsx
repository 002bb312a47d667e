/** Transfers: what is moving, how fast, what waits, what was done today, and the limits. */
import { ArrowDown, ArrowRight, ArrowUp } from 'lucide-react';
import { memo, Suspense, useEffect } from 'react';
import { useStore } from 'zustand';
import type { Status, Transfer, Transfers } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CutName } from '../../components/cut-name.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { useTextPace } from '../../components/text-pace.ts';
import { formatBytes, formatRate } from '../../format/bytes.ts';
import { fileName } from '../../format/middle-cut.ts';
import { formatClock, formatTimeLeft, formatUntil } from '../../format/time.ts';
import styles from './transfers-screen.module.css';

const SpeedGraph = lazyPart(() => import('./speed-graph.tsx').then((module) => ({ default: module.SpeedGraph })));

export function TransfersScreen() {
  const app = useApp();
  const transfers = useStore(app.transfers, (reading) => reading.value);
  useEffect(() => void app.transfers.read(), [app]);
  return (
    <div className={panel['screen']}>
      <div className={panel['column']}>
        <h1>{say('transfers.title')}</h1>
        {transfers !== null && (
          <>
            <TotalsLine transfers={transfers} />
            <Figures transfers={transfers} />
            <section className={panel['panel']} aria-labelledby="graph-title">
              <h2 id="graph-title" className={styles['graphTitle']}>{say('transfers.graph')}</h2>
              <Suspense fallback={<div className={styles['graphRoom']} />}><SpeedGraph up={transfers.graph.up} down={transfers.graph.down} /></Suspense>
            </section>
            {transfers.running.length > 0 && <Running running={transfers.running} />}
            <Limits transfers={transfers} />
          </>
        )}
      </div>
    </div>
  );
}

/** The one line that says how it goes: idle, busy, paused or offline, in the words of ui.md §2.4. */
export function totalsWords(transfers: Transfers, headline: Status['headline'] | null, nextTryAtMs: number | null, nowMs: number): string {
  if (headline?.kind === 'paused') return `${headline.text}.`;
  if (headline?.kind === 'offline') return nextTryAtMs === null ? headline.text : `${headline.text}. ${say('transfers.tryingIn', { time: formatUntil(nextTryAtMs, nowMs) })}`;
  const { progress } = transfers;
  if (progress === null) return transfers.lastChangeAtMs === null ? say('transfers.idle') : say('transfers.idleAt', { time: formatClock(transfers.lastChangeAtMs) });
  const up = transfers.running.some((each) => each.direction === 'up');
  const down = transfers.running.some((each) => each.direction === 'down');
  const counts = { done: progress.filesDone, total: progress.filesTotal };
  const parts = [
    say(up === down ? 'transfers.busyBoth' : up ? 'transfers.busyUp' : 'transfers.busyDown', counts),
    say('transfers.bytesOf', { done: formatBytes(progress.bytesDone), total: formatBytes(progress.bytesTotal) }),
    formatRate(progress.bytesPerSecond),
  ];
  if (progress.secondsLeft !== null) parts.push(formatTimeLeft(progress.secondsLeft));
  return parts.join(' · ');
}

function TotalsLine({ transfers }: { readonly transfers: Transfers }) {
  const app = useApp();
  const headline = useStatus((state) => state.status?.headline ?? null);
  const nextTryAtMs = useStatus((state) => state.status?.nextTryAtMs ?? null);
  const words = useTextPace(totalsWords(transfers, headline, nextTryAtMs, app.now()));
  const { progress } = transfers;
  return (
    <section className={styles['totals']}>
      <div className={panel['spread']}>
        <p className={styles['line']}>{words}</p>
        {headline?.kind === 'paused' && <Button look="primary" onClick={() => void app.act('resume', {}, null)}>{say('do.resume')}</Button>}
        {headline?.kind === 'offline' && <Button onClick={() => void app.act('syncNow', {}, null)}>{say('do.tryNow')}</Button>}
      </div>
      {progress !== null && <ProgressBar percent={progress.percent} label={say('transfers.progress')} valueText={say('transfers.valueText', { done: progress.filesDone, total: progress.filesTotal })} />}
    </section>
  );
}

function Figures({ transfers }: { readonly transfers: Transfers }) {
  const figures = [
    [say('transfers.queued'), say('files.count', { count: transfers.queued })], [say('transfers.doneToday'), say('files.count', { count: transfers.doneToday })],
    [say('transfers.upToday'), formatBytes(transfers.bytesUpToday)], [say('transfers.downToday'), formatBytes(transfers.bytesDownToday)],
  ];
  return <dl className={styles['figures']}>{figures.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Running({ running }: { readonly running: readonly Transfer[] }) {
  return (
    <section className={panel['stack']}>
      <h2>{say('transfers.running')}</h2>
      <ul className={styles['running']}>{running.map((transfer) => <RunningRow key={transfer.id} transfer={transfer} />)}</ul>
    </section>
  );
}

const arrows = { up: ArrowUp, down: ArrowDown, move: ArrowRight } as const;
const directionWords = { up: 'state.uploading', down: 'state.downloading', move: 'state.moving' } as const;

const RunningRow = memo(function RunningRow({ transfer }: { readonly transfer: Transfer }) {
  const Arrow = arrows[transfer.direction];
  const percent = transfer.sizeBytes === 0 ? 0 : Math.min(99, Math.floor((transfer.bytesDone / transfer.sizeBytes) * 100));
  const word = say(directionWords[transfer.direction]);
  const name = fileName(transfer.path);
  return (
    <li className={styles['transfer']}>
      <Arrow size={16} aria-label={word} className={styles['arrow']} />
      <span className={styles['name']}><CutName name={name} title={transfer.path} /></span>
      <span className={styles['amount']}>{say('transfers.bytesOf', { done: formatBytes(transfer.bytesDone), total: formatBytes(transfer.sizeBytes) })}</span>
      <span className={styles['speed']}>{formatRate(transfer.bytesPerSecond)}</span>
      <span className={styles['left']}>{transfer.secondsLeft === null ? '' : formatTimeLeft(transfer.secondsLeft)}</span>
      <div className={styles['progress']}><ProgressBar percent={percent} label={`${word} ${name}`} valueText={say('state.withPercent', { word, percent })} /></div>
    </li>
  );
});

function Limits({ transfers }: { readonly transfers: Transfers }) {
  const { route } = useApp();
  const words = (limit: number): string => (limit === 0 ? say('bytes.unlimited') : formatRate(limit));
  return (
    <section className={panel['spread']}>
      <p className={panel['quiet']}>
        {say('transfers.limitUp')}: <span className="num">{words(transfers.limits.upBytesPerSecond)}</span> · {say('transfers.limitDown')}: <span className="num">{words(transfers.limits.downBytesPerSecond)}</span>
      </p>
      <Button onClick={() => route.go({ screen: 'settings', section: 'network' })}>{say('do.change')}</Button>
    </section>
  );
}
