/** One conflict: both versions with their facts, and which to keep; both are there until the user decides. */
import { Suspense, useState } from 'react';
import type { Conflict } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { fileName } from '../../format/middle-cut.ts';
import { formatWhen } from '../../format/time.ts';
import { otherDevice, theirsWord, useSettling } from './conflict-words.ts';
import styles from './needs-you.module.css';

const ConflictSheet = lazyPart(() => import('./conflict-sheet.tsx').then((module) => ({ default: module.ConflictSheet })));

export function ConflictCard({ conflict }: { readonly conflict: Conflict }) {
  const app = useApp();
  const [comparing, setComparing] = useState(false);
  const { settle, openBoth } = useSettling(conflict, () => undefined);
  const { path, copyPath } = conflict;
  const atPath = { name: path, sizeBytes: conflict.sizeBytes, changedAtMs: conflict.changedAtMs };
  const copy = { name: copyPath, sizeBytes: conflict.copySizeBytes, changedAtMs: conflict.copyChangedAtMs };
  const [mine, theirs] = conflict.copyHere ? [copy, atPath] : [atPath, copy];
  return (
    <article className={styles['card']}>
      <p className={styles['sentence']}>{say('needsYou.conflictText', { name: fileName(path), device: otherDevice(conflict) ?? say('needsYou.otherDevice') })}</p>
      <p className={panel['small']}>{say('needsYou.conflictFacts', { path, time: formatWhen(conflict.atMs, app.now()) })}</p>
      <dl className={styles['versions']}>
        <Version title={say('needsYou.thisComputer')} version={mine} />
        <Version title={theirsWord(conflict, 'of')} version={theirs} />
      </dl>
      <div className={panel['row']}>
        <Button look="primary" onClick={() => setComparing(true)}>{say('conflict.compare')}</Button>
        <Button onClick={() => void settle('mine')}>{say('needsYou.keepMine')}</Button>
        <Button onClick={() => void settle('theirs')}>{theirsWord(conflict, 'keep')}</Button>
        <Button onClick={() => void settle('both')}>{say('needsYou.keepBoth')}</Button>
        <Button look="plain" onClick={() => void openBoth()}>{say('needsYou.openBoth')}</Button>
      </div>
      {comparing && <Suspense fallback={null}><ConflictSheet conflict={conflict} onClose={() => setComparing(false)} /></Suspense>}
    </article>
  );
}

interface VersionFacts { readonly name: string; readonly sizeBytes: number | null; readonly changedAtMs: number | null }

function Version({ title, version }: { readonly title: string; readonly version: VersionFacts }) {
  const app = useApp();
  return (
    <div>
      <dt>{title}{version.changedAtMs !== null && ` · ${formatWhen(version.changedAtMs, app.now())}`}</dt>
      <dd><span className={panel['break']}>{fileName(version.name)}</span>{version.sizeBytes !== null && <span className={styles['size']}>{formatBytes(version.sizeBytes)}</span>}</dd>
    </div>
  );
}
