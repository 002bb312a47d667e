/** Activity: what Strata did, by run and line, newest first; every line leads to its file. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ActivityLine, Run } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CutName } from '../../components/cut-name.tsx';
import field from '../../components/field.module.css';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { folderOf } from '../../format/middle-cut.ts';
import { formatClock, formatDay, formatExactly } from '../../format/time.ts';
import styles from './activity-screen.module.css';

const PutBackSheet = lazyPart(() => import('./put-back-sheet.tsx').then((module) => ({ default: module.PutBackSheet })));
export const lineKinds = ['upload', 'download', 'deleteLocal', 'deleteRemote', 'moveLocal', 'moveRemote', 'keepBoth', 'adopt', 'forget', 'hold', 'problem', 'putBack', 'moveTier', 'evict'] as const satisfies readonly ActivityLine['kind'][];

export function ActivityScreen() {
  const app = useApp();
  const filter = useStore(app.activity, (state) => state.filter);
  const runs = useStore(app.activity, (state) => state.runs);
  const lines = useStore(app.activity, (state) => state.lines);
  const problem = useStore(app.activity, (state) => state.problem);
  useEffect(() => void app.activity.read(app.activity.getState().filter), [app]);
  const [asked, setAsked] = useState<RunItem | null>(null);
  const filtered = filter.kind !== null || filter.rootId !== null;
  return (
    <div className={styles['screen']}>
      <div className={styles['top']}>
        <h1>{say('activity.title')}</h1>
        <Filters />
      </div>
      {problem !== null && <p className={panel['quiet']}>{problem.noAnswer ? say('problem.noAnswer') : problem.message}</p>}
      {lines !== null && lines.length === 0 && <div className={panel['empty']}><p>{say(filtered ? 'activity.noneFiltered' : 'activity.empty')}</p></div>}
      {lines !== null && lines.length > 0 && <Timeline items={timelineOf(lines, runs, app.now())} onPutBack={setAsked} />}
      {asked !== null && <Suspense fallback={null}><PutBackSheet runId={asked.runId} title={asked.text} onClose={() => setAsked(null)} /></Suspense>}
    </div>
  );
}

function Filters() {
  const { activity } = useApp();
  const filter = useStore(activity, (state) => state.filter);
  const roots = useStatus((state) => state.status?.roots);
  return (
    <div className={panel['row']}>
      <select className={field['select']} aria-label={say('activity.folder')} value={filter.rootId ?? ''} onChange={(event) => void activity.read({ ...filter, rootId: event.currentTarget.value || null })}>
        <option value="">{say('activity.allFolders')}</option>
        {roots?.map((root) => <option key={root.id} value={root.id}>{root.name}</option>)}
      </select>
      <select className={field['select']} aria-label={say('activity.kind')} value={filter.kind ?? ''} onChange={(event) => void activity.read({ ...filter, kind: lineKinds.find((kind) => kind === event.currentTarget.value) ?? null })}>
        <option value="">{say('activity.allKinds')}</option>
        {lineKinds.map((kind) => <option key={kind} value={kind}>{say(`activity.kind.${kind}`)}</option>)}
      </select>
    </div>
  );
}

type RunItem = { readonly kind: 'run'; readonly id: string; readonly runId: string; readonly text: string; readonly day: string | null; readonly canPutBack: boolean };
type Item = RunItem | { readonly kind: 'line'; readonly id: string; readonly line: ActivityLine };

/** "3 uploaded, 1 deleted": only what happened. */
export function runWords(run: Run): string {
  if (run.endedAtMs === null) return say('activity.runRunning', { time: formatClock(run.startedAtMs) });
  const parts = ([['uploaded', run.uploaded], ['downloaded', run.downloaded], ['moved', run.moved], ['deleted', run.deleted], ['restored', run.restored], ['conflicts', run.conflicts], ['failed', run.failed]] as const)
    .filter(([, count]) => count > 0).map(([word, count]) => say(`activity.${word}`, { count }));
  return say('activity.run', { time: formatClock(run.startedAtMs), what: parts.length === 0 ? say('activity.nothingToDo') : parts.join(', '), device: run.device });
}

/** Only what may have deleted or replaced something is offered; the preview says whether it did. */
function mayPutBack(run: Run): boolean {
  return run.endedAtMs !== null && run.uploaded + run.downloaded + run.deleted + run.restored > 0;
}

/** Lines below the heading of their run; the day stands over the first run of it. */
export function timelineOf(lines: readonly ActivityLine[], runs: readonly Run[], nowMs: number): Item[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const items: Item[] = [];
  let runId: string | null = null;
  let lastDay: string | null = null;
  for (const line of lines) {
    if (line.runId !== runId) {
      runId = line.runId;
      const run = byId.get(runId);
      const day = formatDay(run?.startedAtMs ?? line.atMs, nowMs);
      items.push({ kind: 'run', id: `run-${runId}-${line.id}`, runId, canPutBack: run !== undefined && mayPutBack(run), text: run === undefined ? formatClock(line.atMs) : runWords(run), day: day === lastDay ? null : day });
      lastDay = day;
    }
    items.push({ kind: 'line', id: `line-${line.id}`, line });
  }
  return items;
}

function Timeline({ items, onPutBack }: { readonly items: readonly Item[]; readonly onPutBack: (item: RunItem) => void }) {
  'use no memo';
  const { activity } = useApp();
  const room = useRef<HTMLDivElement>(null);
  const more = useStore(activity, (state) => state.nextLines !== null);
  const rows = useVirtualizer({
    count: items.length, getScrollElement: () => room.current, overscan: 12, getItemKey: (at) => items[at]?.id ?? at,
    estimateSize: (at) => {
      const item = items[at];
      return item?.kind === 'run' ? (item.day === null ? 48 : 80) : 36;
    },
  });
  return (
    <div className={styles['room']} ref={room} tabIndex={0} role="region" aria-label={say('activity.lines')}>
      <div role="list" className={styles['spacer']} style={{ height: `${rows.getTotalSize()}px` }}>
        {rows.getVirtualItems().map((place) => {
          const item = items[place.index];
          if (item === undefined) return null;
          return (
            <div key={place.key} role="listitem" className={styles['place']} style={{ transform: `translateY(${place.start}px)`, height: `${place.size}px` }}>
              {item.kind === 'run' ? <>{item.day !== null && <h2 className={styles['day']}>{item.day}</h2>}<div className={styles['run']}><p>{item.text}</p>{item.canPutBack && <Button aria-label={say('putBack.of', { run: item.text })} onClick={() => onPutBack(item)}>{say('putBack.button')}</Button>}</div></> : <Line line={item.line} />}
            </div>
          );
        })}
      </div>
      {more && <Button onClick={() => void activity.more()}>{say('do.showMore')}</Button>}
    </div>
  );
}

function Line({ line }: { readonly line: ActivityLine }) {
  const { route } = useApp();
  const open = (): void => route.go({ screen: 'files', rootId: line.rootId, folder: folderOf(line.path), search: '', state: null, tier: null, entry: line.path });
  return (
    <div className={styles['line']}>
      <time className={styles['time']} dateTime={new Date(line.atMs).toISOString()} title={formatExactly(line.atMs)}>{formatClock(line.atMs)}</time>
      <span className={line.kind === 'problem' || line.kind === 'hold' ? styles['act'] : styles['kind']}>{say(`activity.kind.${line.kind}`)}</span>
      <button type="button" className={styles['path']} onClick={open}><CutName name={line.path} /></button>
      <span className={styles['note']}>{line.note ?? (line.otherPath === null ? '' : say('activity.movedFrom', { path: line.otherPath }))}</span>
      <span className={styles['size']}>{line.sizeBytes === null ? '' : formatBytes(line.sizeBytes)}</span>
    </div>
  );
}
