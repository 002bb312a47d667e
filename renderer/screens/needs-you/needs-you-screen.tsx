/** Needs you: what waits for a decision, conflicts, and what can't sync; three lists with counts, safe choices first. */
import { Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { NeedsYou, Problem } from '../../../shared/api/contract.ts';
import { say, type WordId } from '../../../shared/words/words.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { ReasonNote } from '../../components/reason-note.tsx';
import { formatCount } from '../../format/bytes.ts';
import { folderOf } from '../../format/middle-cut.ts';
import { ConflictCard } from './conflict-card.tsx';
import { HoldCard } from './hold-card.tsx';
import styles from './needs-you.module.css';

const ManyConflicts = lazyPart(() => import('./many-conflicts.tsx').then((module) => ({ default: module.ManyConflicts })));

export function NeedsYouScreen() {
  const app = useApp();
  const needs = useStore(app.needsYou, (reading) => reading.value);
  useEffect(() => void app.needsYou.read(), [app]);
  return (
    <div className={panel['screen']}>
      <div className={panel['column']}>
        <h1>{say('needsYou.title')}</h1>
        {needs !== null && <Lists needs={needs} />}
      </div>
    </div>
  );
}

function Lists({ needs }: { readonly needs: NeedsYou }) {
  const stopped = useStatus((state) => state.status?.roots.find((root) => root.kind === 'folderStopped' && root.reason !== null) ?? null);
  const holdRoots = needs.holds.map((hold) => hold.rootId);
  // A stopped folder that is not already a hold is shown too: nothing that needs the user may hide.
  const extra = stopped !== null && !holdRoots.includes(stopped.id) ? stopped : null;
  if (needs.holds.length + needs.conflictCount + needs.problemCount === 0 && extra === null) return <div className={panel['empty']}><p>{say('needsYou.empty')}</p></div>;
  return (
    <>
      {(needs.holds.length > 0 || extra !== null) && (
        <List word="needsYou.holds" count={needs.holds.length + (extra === null ? 0 : 1)}>
          {extra?.reason != null && <div className={styles['card']}><h3>{extra.name}</h3><ReasonNote reason={extra.reason} rootId={extra.id} entryKey={null} /></div>}
          {needs.holds.map((hold, at) => <HoldCard key={hold.id} hold={hold} first={at === 0} />)}
        </List>
      )}
      {needs.conflictCount > 0 && (
        <List word="needsYou.conflicts" count={needs.conflictCount}>
          {needs.conflictCount > 1 && <SettleMany />}
          {needs.conflicts.map((conflict) => <ConflictCard key={conflict.id} conflict={conflict} />)}
          <Rest shown={needs.conflicts.length} count={needs.conflictCount} />
        </List>
      )}
      {needs.problemCount > 0 && (
        <List word="needsYou.problems" count={needs.problemCount}>
          {needs.problems.map((problem) => <ProblemCard key={`${problem.rootId}:${problem.key}`} problem={problem} />)}
          <Rest shown={needs.problems.length} count={needs.problemCount} />
        </List>
      )}
    </>
  );
}

function SettleMany() {
  const [open, setOpen] = useState(false);
  return (
    <div className={panel['row']}>
      <Button onClick={() => setOpen(true)}>{say('many.open')}</Button>
      {open && <Suspense fallback={null}><ManyConflicts onClose={() => setOpen(false)} /></Suspense>}
    </div>
  );
}

function List({ word, count, children }: { readonly word: WordId; readonly count: number; readonly children: React.ReactNode }) {
  return (
    <section className={panel['stack']}>
      <h2>{say(word)} <span className={styles['count']}>{formatCount(count)}</span></h2>
      {children}
    </section>
  );
}

function Rest({ shown, count }: { readonly shown: number; readonly count: number }) {
  return count > shown ? <p className={panel['quiet']}>{say('needsYou.more', { count: count - shown })}</p> : null;
}

function ProblemCard({ problem }: { readonly problem: Problem }) {
  const { route } = useApp();
  const open = (): void => route.go({ screen: 'files', rootId: problem.rootId, folder: folderOf(problem.path), search: '', state: null, tier: null, entry: problem.path });
  return (
    <article className={styles['card']}>
      <h3 className={styles['path']}><Button look="link" onClick={open}>{problem.path}</Button></h3>
      <ReasonNote reason={problem.reason} rootId={problem.rootId} entryKey={problem.key} />
      <p className={panel['small']}>{problem.attempts > 0 && `${say('needsYou.attempts', { count: problem.attempts })} · `}{say('problem.code', { code: problem.reason.code })}</p>
    </article>
  );
}
