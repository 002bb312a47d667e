/** One held change: what was seen, an example, and the choices; the safe one has the focus and is never the destructive one. */
import { Suspense, useEffect, useRef, useState } from 'react';
import type { Hold } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { formatMoney, formatSpan } from '../../format/money.ts';
import { formatWhen } from '../../format/time.ts';
import styles from './needs-you.module.css';

const HoldList = lazyPart(() => import('./hold-list.tsx').then((module) => ({ default: module.HoldList })));
const BrowseSheet = lazyPart(() => import('../first-run/browse-sheet.tsx').then((module) => ({ default: module.BrowseSheet })));

export function HoldCard({ hold, first }: { readonly hold: Hold; readonly first: boolean }) {
  const app = useApp();
  const keep = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState<'list' | 'browse' | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Enter pressed without reading must keep files, so the first Keep takes the focus when the screen opens.
    if (first) keep.current?.focus();
  }, [first]);
  const settle = async (job: Promise<unknown>): Promise<void> => {
    setBusy(true);
    await job;
    await app.needsYou.read();
    setBusy(false);
  };
  const { rootId } = hold;
  const example = hold.examples[0];
  return (
    <article className={styles['card']} aria-busy={busy}>
      <p className={styles['sentence']}>{hold.reason.sentence}</p>
      {example !== undefined && <p className={styles['example']}>{say('needsYou.example', { path: example })}</p>}
      {hold.backCost !== null && <p>{backCostText(hold.backCost)}</p>}
      <p className={panel['small']}>{say('needsYou.ofRows', { rows: hold.rows, all: hold.ofRows, folder: hold.rootName, time: formatWhen(hold.sinceMs, app.now()) })}</p>
      <div className={panel['row']}>
        {hold.canApprove ? (
          <>
            <Button look="primary" ref={keep} disabled={busy} onClick={() => void settle(app.act('refuseHold', { holdId: hold.id }, say('needsYou.kept')))}>{say(hold.kind === 'archivedRename' ? 'needsYou.keepNames' : 'needsYou.keep')}</Button>
            {hold.rows > 0 && <Button onClick={() => setShown('list')}>{say('needsYou.seeList')}</Button>}
            <Button look="danger" disabled={busy} onClick={() => void settle(app.act('approveHold', { holdId: hold.id }, say('needsYou.agreed')))}>{agreeWord(hold)}</Button>
          </>
        ) : (
          <>
            <Button look="primary" ref={keep} disabled={busy} onClick={() => void settle(app.act('lookAgain', { rootId }, say('needsYou.looking')))}>{say('do.lookAgain')}</Button>
            {hold.rows > 0 && <Button onClick={() => setShown('list')}>{say('needsYou.seeList')}</Button>}
            {hold.kind === 'rootMissing' && <Button onClick={() => setShown('browse')}>{say('fix.chooseFolder')}</Button>}
            {(hold.kind === 'libraryChanged' || hold.kind === 'rootChanged' || hold.kind === 'libraryBehind') && <Button onClick={() => void settle(app.act('pairAgain', { rootId }, say('needsYou.pairedAgain')))}>{say('fix.pairAgain')}</Button>}
          </>
        )}
      </div>
      <Suspense fallback={null}>
        {shown === 'list' && <HoldList hold={hold} onClose={() => setShown(null)} />}
        {shown === 'browse' && <BrowseSheet start="" onClose={() => setShown(null)} onChoose={(folder) => {
          setShown(null);
          void settle(app.act('pairAgain', { rootId, folder }, say('needsYou.pairedAgain')));
        }} />}
      </Suspense>
    </article>
  );
}

function backCostText(cost: NonNullable<Hold['backCost']>): string {
  const back = { count: cost.files, bytes: formatBytes(cost.bytes), time: formatSpan(cost.fromMs, cost.toMs) };
  if (cost.amount === null || cost.currency === null) return say('needsYou.backTakes', back);
  const amount = formatMoney(cost.amount, cost.currency);
  const fee = cost.fee === null || cost.fee === 0 ? null : formatMoney(cost.fee, cost.currency);
  if (cost.files === 0) return say('needsYou.leaveCosts', { amount });
  return fee === null ? say('needsYou.backCosts', { ...back, amount }) : say('needsYou.backCostsFee', { ...back, amount, fee });
}

function agreeWord(hold: Hold): string {
  if (hold.kind === 'massDeletion') return say('needsYou.delete', { count: hold.rows });
  if (hold.kind === 'massOverwrite') return say('needsYou.overwrite', { count: hold.rows });
  if (hold.kind === 'archivedRename') return say('needsYou.rename', { count: hold.rows });
  return say('needsYou.agree');
}
