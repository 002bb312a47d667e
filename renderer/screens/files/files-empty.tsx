/** What the list says when there is nothing in it, with the one thing to do about it. */
import type { RootStatus } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import panel from '../../components/panel.module.css';

export function FilesEmpty({ root }: { readonly root: RootStatus | null }) {
  const app = useApp();
  const search = useRoute((route) => route.search);
  const everywhere = useRoute((route) => route.rootId === '*');
  const filtered = useRoute((route) => route.state !== null || route.tier !== null);
  const clear = { state: null, tier: null } as const;
  if (search !== '') {
    return (
      <div className={panel['empty']}>
        <p>{say('files.none', { search })}</p>
        {everywhere
          ? <Button onClick={() => app.route.go({ ...clear, search: '', rootId: null })}>{say('files.clearSearch')}</Button>
          : <Button onClick={() => app.route.go({ ...clear, rootId: '*' })}>{say('files.searchAll')}</Button>}
      </div>
    );
  }
  if (filtered) {
    return (
      <div className={panel['empty']}>
        <p>{say('files.noneFiltered')}</p>
        <Button onClick={() => app.route.go(clear)}>{say('files.clearFilter')}</Button>
      </div>
    );
  }
  return (
    <div className={panel['empty']}>
      <p>{say('files.empty')} {say('files.emptyMore')}</p>
      {root !== null && <Button onClick={() => void app.act('reveal', { rootId: root.id, key: app.route.getState().folder, act: 'open' }, null)}>{say('files.showFolder')}</Button>}
    </div>
  );
}
