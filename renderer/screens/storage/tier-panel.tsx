/** Moving to the cold store: how it goes, what the next run would move, and a run by hand. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { TierPlan, Tiers } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { CutName } from '../../components/cut-name.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { formatClock, formatWhen } from '../../format/time.ts';
import { previewText, RulesSheet } from './rules-sheet.tsx';
import { WhatIfSection } from './storage-more.tsx';
import styles from './storage-screen.module.css';

export function TierPanel({ rootId }: { readonly rootId: string }) {
  const app = useApp();
  const status = useStore(app.status, (store) => store.status);
  const [tiers, setTiers] = useState<Tiers | null>(null);
  const [plan, setPlan] = useState<TierPlan | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [isChanging, setIsChanging] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    app.client.call('readTiers', { rootId }).then((answer) => {
      if (isCurrent) setTiers(answer);
    }, () => undefined);
    return () => {
      isCurrent = false;
    };
    // Each status says that something moved on.
  }, [app, rootId, status]);
  if (tiers === null || tiers.cold === null) return null;
  const show = async (): Promise<void> => setPlan(await app.act('previewTiers', { rootId }, null));
  const run = async (): Promise<void> => {
    setIsBusy(true);
    const answer = await app.act('runTiers', { rootId }, null);
    setIsBusy(false);
    if (answer === null) return;
    app.notices.say(answer.isBusy ? say('move.otherDevice') : say('move.done', { count: answer.moved + answer.copied }), answer.failed > 0 ? { alert: true } : {});
    setPlan(null);
  };
  return (
    <div className={panel['stack']}>
      <div className={panel['spread']}>
        <h3 className={styles['caption']}>{say('move.title', { place: tiers.cold })}</h3>
        <p className={styles['total']}>{stateText(tiers, app.now())}</p>
      </div>
      <div className={panel['row']}>
        <Button onClick={() => void show()}>{say('move.plan')}</Button>
        <Button disabled={isBusy || tiers.running !== null} onClick={() => void run()}>{say('move.run')}</Button>
        <Button onClick={() => setIsChanging(true)}>{say('rules.change')}</Button>
      </div>
      {plan !== null && <Plan plan={plan} />}
      <WhatIfSection rootId={rootId} settings={tiers.settings} />
      {isChanging && <RulesSheet rootId={rootId} settings={tiers.settings} onClose={(changed) => {
        setIsChanging(false);
        if (changed === null) return;
        setTiers(changed);
        setPlan(null);
      }} />}
    </div>
  );
}

function stateText(tiers: Tiers, nowMs: number): string {
  if (tiers.running !== null) return say('move.running', { count: tiers.running.done, bytes: formatBytes(tiers.running.bytes) });
  const last = tiers.lastRun === null ? say('move.never') : say('move.last', { when: formatWhen(tiers.lastRun.atMs, nowMs), count: tiers.lastRun.result.moved + tiers.lastRun.result.copied });
  const coming = tiers.nextRunAtMs === null ? say('move.noSchedule') : say('move.next', { when: `${formatWhen(tiers.nextRunAtMs, nowMs)} ${formatClock(tiers.nextRunAtMs)}` });
  return `${last} ${coming}`;
}

function Plan({ plan }: { readonly plan: TierPlan }) {
  if (plan.copies === 0 && plan.drops === 0) return <p className={panel['quiet']}>{say('move.nothing')}</p>;
  return (
    <>
      <p>{previewText(plan)} {plan.drops > 0 && say('move.frees', { bytes: formatBytes(plan.bytesFreedInWarm) })}</p>
      <div className={styles['scroll']} role="group" aria-label={say('move.plan')} tabIndex={0}>
        <table className={styles['table']}>
          <thead><tr><th scope="col">{say('thaw.file')}</th><th scope="col">{say('storage.bytes')}</th><th scope="col" className={styles['left']}>{say('move.rule')}</th><th scope="col">{say('cost.class')}</th></tr></thead>
          <tbody>{plan.examples.map((one) => <tr key={one.path}><th scope="row" className={styles['name']}><CutName name={one.path} /></th><td>{formatBytes(one.sizeBytes)}</td><td className={styles['left']}>{one.rule}</td><td>{one.storageClass ?? say('move.ownClass')}</td></tr>)}</tbody>
        </table>
      </div>
    </>
  );
}
