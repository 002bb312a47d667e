/** What can be done with the selected files, and which of it fits what is selected. */
import { say, type WordId } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import barStyles from '../screens/files/selection-bar.module.css';
import { useHub, useLibrary } from './hub-context.tsx';
import type { LibraryItem } from './library-store.ts';

export type LibraryAction = 'download' | 'move' | 'rename' | 'share' | 'delete';
const words: Readonly<Record<LibraryAction, WordId>> = { download: 'do.download', share: 'hub.files.share', rename: 'hub.files.rename', move: 'hub.files.move', delete: 'hub.files.delete' };

export function fittingActions(items: readonly LibraryItem[], mayWrite: boolean): readonly LibraryAction[] {
  if (items.length === 0) return [];
  return ['download', ...(!mayWrite ? [] : items.length === 1 ? (['share', 'rename', 'move', 'delete'] as const) : (['move', 'delete'] as const))];
}

export function ActionButtons({ items, mayWrite, onAction }: { readonly items: readonly LibraryItem[]; readonly mayWrite: boolean; readonly onAction: (action: LibraryAction, items: readonly LibraryItem[]) => void }) {
  return fittingActions(items, mayWrite).map((action) => <Button key={action} look={action === 'delete' ? 'danger' : 'normal'} onClick={() => onAction(action, items)}>{say(words[action])}</Button>);
}

export function LibraryActions({ mayWrite, onAction }: { readonly mayWrite: boolean; readonly onAction: (action: LibraryAction, items: readonly LibraryItem[]) => void }) {
  const { library } = useHub();
  const selected = useLibrary((state) => state.selected);
  const items = useLibrary((state) => state.items);
  const chosen = (items ?? []).filter((item) => selected.has(item.key));
  if (chosen.length === 0) return null;
  const text = say('files.selected', { count: chosen.length });
  return (
    <div className={barStyles['bar']} role="group" aria-label={text}>
      <span className={barStyles['count']}>{text}</span>
      <ActionButtons items={chosen} mayWrite={mayWrite} onAction={onAction} />
      <Button look="plain" onClick={() => library.select(new Set())}>{say('files.clearSelection')}</Button>
    </div>
  );
}
