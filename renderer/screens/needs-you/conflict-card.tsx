/** One conflict: both versions with their facts, and which to keep; both are there until the user decides. */
import type { Conflict } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { fileName } from '../../format/middle-cut.ts';
import { formatWhen } from '../../format/time.ts';
import styles from './needs-you.module.css';

export function ConflictCard({ conflict }: { readonly conflict: Conflict }) {
  const app = useApp();
  const { rootId, path, copyPath } = conflict;
  const device = conflict.device ?? say('needsYou.otherDevice');
  const settle = async (keep: 'mine' | 'theirs' | 'both'): Promise<void> => {
    if (await app.act('resolveConflict', { rootId, path, keep }, say('needsYou.settled')) !== null) await app.needsYou.read();
  };
  const openBoth = async (): Promise<void> => {
    await app.act('reveal', { rootId, key: path, act: 'open' }, null);
    await app.act('reveal', { rootId, key: copyPath, act: 'open' }, null);
  };
  return (
    <article className={styles['card']}>
      <p className={styles['sentence']}>{say('needsYou.conflictText', { name: fileName(path), device })}</p>
      <p className={panel['small']}>{say('needsYou.conflictFacts', { path, time: formatWhen(conflict.atMs, app.now()) })}</p>
      <dl className={styles['versions']}>
        <Version title={say('needsYou.thisComputer')} path={copyPath} sizeBytes={conflict.copySizeBytes} />
        <Version title={conflict.device === null ? say('needsYou.otherDevices') : say('needsYou.theirs', { device })} path={path} sizeBytes={conflict.sizeBytes} />
      </dl>
      <div className={panel['row']}>
        <Button onClick={() => void settle('mine')}>{say('needsYou.keepMine')}</Button>
        <Button onClick={() => void settle('theirs')}>{conflict.device === null ? say('needsYou.keepOther') : say('needsYou.keepTheirs', { device })}</Button>
        <Button onClick={() => void settle('both')}>{say('needsYou.keepBoth')}</Button>
        <Button look="plain" onClick={() => void openBoth()}>{say('needsYou.openBoth')}</Button>
      </div>
    </article>
  );
}

function Version({ title, path, sizeBytes }: { readonly title: string; readonly path: string; readonly sizeBytes: number | null }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd><span className={panel['break']}>{fileName(path)}</span>{sizeBytes !== null && <span className={styles['size']}>{formatBytes(sizeBytes)}</span>}</dd>
    </div>
  );
}
