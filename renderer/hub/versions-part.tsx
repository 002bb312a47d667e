/** What a file held before, each to be brought back; nothing is shown where the bucket keeps nothing. */
import { useCallback } from 'react';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import panelStyles from '../components/panel.module.css';
import { formatBytes } from '../format/bytes.ts';
import { formatWhen } from '../format/time.ts';
import inspectorStyles from '../screens/files/inspector.module.css';
import { useAsked, useHub } from './hub-context.tsx';
import styles from './lines.module.css';

export function VersionsPart({ fileId, mayWrite }: { readonly fileId: number; readonly mayWrite: boolean }) {
  const hub = useHub();
  const { client } = hub;
  const { now } = useUi();
  const { value, again } = useAsked(useCallback(() => client.call('listVersions', { file_id: fileId }), [client, fileId]));
  const before = (value?.versions ?? []).filter(({ current }) => !current);
  if (before.length === 0) return null;
  const bringBack = async (versionId: string): Promise<void> => {
    if (await hub.act('restoreVersion', { file_id: fileId, version_id: versionId }, say('hub.versions.back')) === null) return;
    again();
    await hub.library.reread();
  };
  return (
    <section className={inspectorStyles['part']}>
      <h3>{say('hub.versions.title')}</h3>
      <ul className={styles['lines']}>
        {before.slice(0, 20).map((version) => {
          const when = formatWhen(Date.parse(version.changed_at), now());
          return (
            <li key={version.version_id} className={styles['line']}>
              <div className={styles['what']}><span>{when}</span><span className={panelStyles['small']}>{formatBytes(version.file_size)}</span></div>
              {mayWrite && <Button onClick={() => void bringBack(version.version_id)} aria-label={say('hub.versions.bringBackOf', { when })}>{say('hub.versions.bringBack')}</Button>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
