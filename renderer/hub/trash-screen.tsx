/** What a member deleted: brought back with one press, or deleted for good after a question. */
import { useCallback, useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import { CutName } from '../components/cut-name.tsx';
import panelStyles from '../components/panel.module.css';
import { Sheet } from '../components/sheet.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatWhen } from '../format/time.ts';
import { useAsked, useHub, useHubState } from './hub-context.tsx';
import { emptyTrash, restoreFolder, type FolderOutcome } from './whole-folders.ts';
import { ScreenFrame } from './screen-frame.tsx';
import styles from './lines.module.css';

type Trashed = OutputOf<'listTrash'>['files'][number];

export function TrashScreen() {
  const hub = useHub();
  const { client } = hub;
  const { now } = useUi();
  const mayWrite = useHubState((state) => state.member?.role !== 'guest');
  const { value, problem, again } = useAsked(useCallback(() => client.call('listTrash', {}), [client]));
  const [emptying, setEmptying] = useState(false);
  const [purging, setPurging] = useState<Trashed | null>(null);
  const restore = async (file: Trashed): Promise<void> => {
    if (await hub.act('restoreFile', { file_id: file.id }, say('hub.trash.restored', { name: file.filename, folder: folderName(file.folder) })) !== null) again();
  };
  const many = async (job: Promise<FolderOutcome>, words: (count: number) => string): Promise<void> => {
    try {
      const { done, failed, why } = await job;
      if (done > 0) hub.ui.notices.say(words(done));
      if (failed > 0) hub.ui.notices.say(say('hub.files.notAll', { count: failed, why }), { alert: true });
    } catch (reason) {
      hub.ui.notices.say(problemOf(reason).message, { alert: true });
    }
    again();
  };
  const restoreAll = (folder: string): Promise<void> => many(restoreFolder(client, folder), (count) => say('hub.trash.restoredAll', { count, folder }));
  const files = value?.files ?? [];
  const empty = (): void => {
    setEmptying(false);
    // The newest that is shown: what comes after it was not seen.
    void many(emptyTrash(client, files.reduce((latest, { deleted_at: at }) => (at > latest ? at : latest), '')), (count) => say('hub.trash.emptied', { count }));
  };
  const folders = foldersOfMany(files);
  const purge = async (file: Trashed): Promise<void> => {
    setPurging(null);
    if (await hub.act('purgeFile', { file_id: file.id }, say('hub.trash.purged', { name: file.filename })) !== null) again();
  };
  return (
    <ScreenFrame title={say('hub.trash.title')} lead={say('hub.trash.lead')} problem={problem} onAgain={again}>
      {value?.files.length === 0 && <p className={panelStyles['quiet']}>{say('hub.trash.empty')}</p>}
      {mayWrite && files.length > 0 && (
        <div className={panelStyles['row']}>
          {folders.map((folder) => <Button key={folder} onClick={() => void restoreAll(folder)}>{say('hub.trash.restoreFolder', { folder })}</Button>)}
          <Button look="danger" onClick={() => setEmptying(true)}>{say('hub.trash.empty.open')}</Button>
        </div>
      )}
      <ul className={styles['lines']}>
        {value?.files.map((file) => (
          <li key={file.id} className={styles['line']}>
            <div className={styles['what']}>
              <CutName name={file.filename} />
              <span className={panelStyles['small']}>{say('hub.trash.from', { folder: folderName(file.folder), when: formatWhen(Date.parse(file.deleted_at), now()) })} · {formatBytes(file.file_size)}</span>
            </div>
            {mayWrite && (
              <div className={styles['do']}>
                <Button onClick={() => void restore(file)} aria-label={`${say('hub.trash.restore')} ${file.filename}`}>{say('hub.trash.restore')}</Button>
                <Button look="danger" onClick={() => setPurging(file)} aria-label={`${say('hub.trash.purge')} ${file.filename}`}>{say('hub.trash.purge')}</Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {emptying && (
        <Sheet title={say('hub.trash.empty.title')} onClose={() => setEmptying(false)} actions={<Button look="danger" onClick={empty}>{say('hub.trash.empty.do')}</Button>}>
          <p>{say('hub.trash.empty.text', { count: files.length, more: value?.next_cursor == null ? 'no' : 'yes', bytes: formatBytes(files.reduce((sum, file) => sum + file.file_size, 0)) })}</p>
        </Sheet>
      )}
      {purging !== null && (
        <Sheet title={say('hub.trash.purgeTitle', { name: purging.filename })} onClose={() => setPurging(null)} actions={<Button look="danger" onClick={() => void purge(purging)}>{say('hub.trash.purge')}</Button>}>
          <p>{say('hub.trash.purgeText')}</p>
        </Sheet>
      )}
    </ScreenFrame>
  );
}

/** Folders of which more than one file is here, the largest first; a row of buttons holds no more than a few. */
function foldersOfMany(files: readonly Trashed[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { folder } of files) {
    const top = folder.split('/')[0] ?? '';
    if (top !== '') counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([folder]) => folder);
}

function folderName(folder: string): string {
  return folder === '' ? say('hub.files.home') : folder;
}
