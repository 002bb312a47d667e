/** The links a member gave away: what each leads to, how often it was used, and taking it back. */
import { Suspense, useCallback, useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import { lazyPart } from '../components/lazy-part.tsx';
import panelStyles from '../components/panel.module.css';
import { formatWhen } from '../format/time.ts';
import { useAsked, useHub, useHubState } from './hub-context.tsx';
import { ScreenFrame } from './screen-frame.tsx';
import styles from './lines.module.css';

const UsesSheet = lazyPart(() => import('./uses-sheet.tsx').then((module) => ({ default: module.UsesSheet })));

type Share = OutputOf<'listShares'>['shares'][number];

export function LinksScreen() {
  const hub = useHub();
  const { client } = hub;
  const { now } = useUi();
  const mayWrite = useHubState((state) => state.member?.role !== 'guest');
  // The list knows numbers of files; a person knows names.
  const ask = useCallback(async () => {
    const { shares } = await client.call('listShares', {});
    return await Promise.all(shares.map(async (share) => ({ share, name: share.file_id === null ? null : await client.call('readFile', { file_id: share.file_id }).then((file) => file.filename, () => null) })));
  }, [client]);
  const { value, problem, again } = useAsked(ask);
  const [uses, setUses] = useState<{ readonly shareId: number; readonly name: string } | null>(null);
  const takeBack = async (share: Share): Promise<void> => {
    if (await hub.act('removeShare', { share_id: share.id }, say('hub.links.gone')) !== null) again();
  };
  return (
    <ScreenFrame title={say('hub.links.title')} lead={say('hub.links.lead')} problem={problem} onAgain={again}>
      {value?.length === 0 && <p className={panelStyles['quiet']}>{say('hub.links.empty')}</p>}
      <ul className={styles['lines']}>
        {value?.map(({ share, name }) => {
          const what = share.folder !== null ? say('hub.links.folder', { folder: share.folder === '' ? say('hub.files.home') : share.folder }) : name ?? say('hub.links.file', { id: share.file_id ?? 0 });
          return (
            <li key={share.id} className={styles['line']}>
              <div className={styles['what']}><span>{what}</span><span className={panelStyles['small']}>{factsOf(share, now())}</span></div>
              <div className={styles['do']}>
                <Button onClick={() => setUses({ shareId: share.id, name: what })} aria-label={`${say('hub.links.uses')} ${what}`}>{say('hub.links.uses')}</Button>
                {mayWrite && <Button onClick={() => void takeBack(share)} aria-label={`${say('hub.links.takeBack')} ${what}`}>{say('hub.links.takeBack')}</Button>}
              </div>
            </li>
          );
        })}
      </ul>
      {uses !== null && <Suspense fallback={null}><UsesSheet {...uses} onClose={() => setUses(null)} /></Suspense>}
    </ScreenFrame>
  );
}

function factsOf(share: Share, nowMs: number): string {
  return [
    share.mode === 'upload' ? say('hub.links.upload') : `${say('hub.links.view')}, ${say('hub.links.used', { count: share.downloads, most: share.most_downloads ?? 0 })}`,
    ...(share.has_password ? [say('hub.links.locked')] : []), ...(share.expires_at === null ? [] : [say('hub.links.until', { when: formatWhen(Date.parse(share.expires_at), nowMs) })]),
  ].join(' · ');
}
