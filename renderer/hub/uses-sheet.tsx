/** Who used a link, when and from where, newest first. */
import { useCallback } from 'react';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import panelStyles from '../components/panel.module.css';
import { Sheet } from '../components/sheet.tsx';
import { formatExactly, formatWhen } from '../format/time.ts';
import { useAsked, useHub } from './hub-context.tsx';
import styles from './lines.module.css';

export function UsesSheet({ shareId, name, onClose }: { readonly shareId: number; readonly name: string; readonly onClose: () => void }) {
  const { client } = useHub();
  const { now } = useUi();
  const { value, problem } = useAsked(useCallback(() => client.call('listShareUses', { share_id: shareId }), [client, shareId]));
  return (
    <Sheet title={say('hub.links.usesOf', { name })} onClose={onClose} closeWord={say('do.close')}>
      {problem !== null && <p className={styles['problem']}>{problem.message}</p>}
      {value?.uses.length === 0 && <p className={panelStyles['quiet']}>{say('hub.links.notUsed')}</p>}
      <ul className={styles['lines']}>
        {value?.uses.map((use, at) => (
          <li key={at} className={styles['line']}>
            <div className={styles['what']}><span>{whatWords(use.what)}</span><span className={panelStyles['small']} title={formatExactly(Date.parse(use.at))}>{say('hub.links.useFrom', { address: use.address, when: formatWhen(Date.parse(use.at), now()) })}</span></div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function whatWords(what: string): string {
  const name = what.slice(what.indexOf(' ') + 1);
  if (what.startsWith('download ')) return say('hub.links.use.download', { name });
  if (what.startsWith('upload ')) return say('hub.links.use.upload', { name });
  return what === 'unlock' ? say('hub.links.use.unlock') : say('hub.links.use.wrong');
}
