/** What can be done with several selected entries at once. */
import { say } from '../../../shared/words/words.ts';
import { useApp, useView } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { copyText } from '../../components/copy-text.ts';
import { nothingSelected, selectedCount } from '../../stores/selection.ts';
import { useShownRoot } from './shown-root.ts';
import styles from './selection-bar.module.css';

export function SelectionBar() {
  const app = useApp();
  const root = useShownRoot();
  const selection = useView((view) => view.selection);
  const count = useView((view) => view.count ?? 0);
  const selected = selectedCount(selection, count);
  if (selected === 0) return null;
  const clear = (): void => app.view.select(nothingSelected);
  const tryAgain = async (): Promise<void> => {
    if (root === null) return;
    if (selection.all && selection.keys.size === 0) await app.act('retryEntry', { rootId: root.id }, say('needsYou.trying'));
    else for (const key of selection.keys) if (await app.act('retryEntry', { rootId: root.id, key }, null) === null) return;
    clear();
  };
  return (
    <div className={styles['bar']} role="group" aria-label={say('files.selected', { count: selected })}>
      <span className={styles['count']}>{say('files.selected', { count: selected })}</span>
      {(!selection.all || selection.keys.size === 0) && <Button onClick={() => void tryAgain()}>{say('files.tryAgain')}</Button>}
      {!selection.all && <Button onClick={() => void copyText([...selection.keys].join('\n'), app.notices)}>{say('files.copyPaths')}</Button>}
      <Button look="plain" onClick={clear}>{say('files.clearSelection')}</Button>
    </div>
  );
}
