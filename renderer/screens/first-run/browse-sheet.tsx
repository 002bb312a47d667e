/** Chooses a folder of this computer through the service, for browsers, which have no folder dialog of their own. */
import { CornerLeftUp, Folder } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { fileName } from '../../format/middle-cut.ts';
import styles from './first-run.module.css';

export function BrowseSheet({ start, onClose, onChoose }: { readonly start: string; readonly onClose: () => void; readonly onChoose: (folder: string) => void }) {
  const { client } = useApp();
  const [at, setAt] = useState(start);
  const [shown, setShown] = useState<OutputOf<'browseFolders'> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    client.call('browseFolders', { folder: at }).then((answer) => {
      if (!wanted) return;
      setShown(answer);
      setProblem(null);
    }, (reason: unknown) => {
      if (!wanted) return;
      setProblem(problemOf(reason).message);
      // A typed path that does not exist: begin at the home folder instead.
      if (at === start && start !== '') setAt('');
    });
    return () => {
      wanted = false;
    };
  }, [client, at, start]);
  return (
    <Sheet title={say('browse.title')} onClose={onClose} actions={<Button look="primary" disabled={shown === null} onClick={() => {
      if (shown !== null) onChoose(shown.folder);
    }}>{say('browse.here')}</Button>}>
      {problem !== null && <p className={styles['problem']}>{problem}</p>}
      {shown !== null && (
        <>
          <p>{say('browse.path', { folder: shown.folder })}</p>
          <ul className={styles['list']}>
            {shown.parent !== null && <li><button type="button" className={styles['entry']} onClick={() => setAt(shown.parent ?? '')}><CornerLeftUp size={16} aria-hidden="true" />{say('browse.up')}</button></li>}
            {shown.folders.map((folder) => <li key={folder}><button type="button" className={styles['entry']} onClick={() => setAt(folder)}><Folder size={16} aria-hidden="true" />{fileName(folder.replaceAll('\\', '/')) || folder}</button></li>)}
            {shown.folders.length === 0 && <li className={styles['entry']}>{say('browse.empty')}</li>}
          </ul>
        </>
      )}
    </Sheet>
  );
}
