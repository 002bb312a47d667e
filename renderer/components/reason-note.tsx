/** Why something is not fine, in the service's sentence, with the one button that fixes it. */
import { Suspense, useState } from 'react';
import type { Reason } from '../../shared/api/contract.ts';
import type { Fix } from '../../shared/model/states.ts';
import { say, type WordId } from '../../shared/words/words.ts';
import { useApp } from '../app/app-context.tsx';
import type { App } from '../app/make-app.ts';
import { formatUntil } from '../format/time.ts';
import { Button } from './button.tsx';
import { lazyPart } from './lazy-part.tsx';
import styles from './reason-note.module.css';
import { saveReport } from './save-report.ts';

const KeysSheet = lazyPart(() => import('../screens/settings/keys-sheet.tsx').then((module) => ({ default: module.KeysSheet })));
const BrowseSheet = lazyPart(() => import('../screens/first-run/browse-sheet.tsx').then((module) => ({ default: module.BrowseSheet })));
const Sheet = lazyPart(() => import('./sheet.tsx').then((module) => ({ default: module.Sheet })));

export interface ReasonNoteProps { readonly reason: Reason; readonly rootId: string; readonly entryKey: string | null; readonly tone?: 'alert' | 'quiet' }

/** Fixes that only the user can do outside Strata: the button explains how. */
export const explained: Partial<Record<Fix, WordId>> = {
  openClockSettings: 'fix.how.openClockSettings', freeSpace: 'fix.how.freeSpace', renameThere: 'fix.how.renameThere', openPlace: 'fix.how.openPlace', trustCertificate: 'fix.how.trustCertificate',
};

export function ReasonNote({ reason, rootId, entryKey, tone = 'quiet' }: ReasonNoteProps) {
  const app = useApp();
  const [asking, setAsking] = useState<'keys' | 'folder' | 'how' | null>(null);
  const close = (): void => setAsking(null);
  const { fix } = reason;
  const perform = (): void => {
    if (fix === 'enterKeys') setAsking('keys');
    else if (fix === 'chooseFolder') setAsking('folder');
    else if (fix !== null && explained[fix] !== undefined) setAsking('how');
    else if (fix !== null) void fixNow(app, fix, rootId, entryKey);
  };
  return (
    <div className={styles['note']}>
      <p className={tone === 'alert' ? styles['alert'] : styles['text']}>
        {reason.sentence}
        {reason.nextTryAtMs !== null && <span className={styles['next']}> {say('transfers.tryingIn', { time: formatUntil(reason.nextTryAtMs, app.now()) })}</span>}
      </p>
      {fix !== null && <Button onClick={perform}>{say(`fix.${fix}`)}</Button>}
      <Suspense fallback={null}>
        {asking === 'keys' && <KeysSheet rootId={rootId} onClose={close} />}
        {asking === 'folder' && <BrowseSheet start="" onClose={close} onChoose={(folder) => void app.act('pairAgain', { rootId, folder }, say('needsYou.pairedAgain')).then(close)} />}
        {asking === 'how' && fix !== null && <Sheet title={say(`fix.${fix}`)} onClose={close}><p>{say(explained[fix] ?? 'fix.how.openPlace')}</p></Sheet>}
      </Suspense>
    </div>
  );
}

async function fixNow(app: App, fix: Fix, rootId: string, key: string | null): Promise<void> {
  if (fix === 'tryNow') await app.act('retryEntry', key === null ? { rootId } : { rootId, key }, say('needsYou.trying'));
  if (fix === 'lookAgain') await app.act('lookAgain', { rootId }, say('needsYou.looking'));
  if (fix === 'pairAgain') await app.act('pairAgain', { rootId }, say('needsYou.pairedAgain'));
  if (fix === 'reveal' || fix === 'renameHere') await app.act('reveal', { rootId, key: key ?? '', act: 'reveal' }, null);
  if (fix === 'seeList') app.route.go({ screen: 'needsYou' });
  if (fix === 'saveReport') await saveReport(app);
}
