/** The questions that come before files and folders move, take another name or are shared. */
import { useCallback, useId, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Sheet } from '../components/sheet.tsx';
import { Field } from './form-parts.tsx';
import { useAsked, useHub } from './hub-context.tsx';
import type { Asked } from './library-screen.tsx';
import type { LibraryItem } from './library-store.ts';
import { ShareSheet } from './share-sheet.tsx';
import { moveFolder } from './whole-folders.ts';

export function LibrarySheets({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }) {
  const [one] = asked.items;
  if (one === undefined) return null;
  if (asked.action === 'share') return <ShareSheet item={one} onClose={onClose} />;
  if (asked.action === 'rename') return <RenameSheet item={one} onClose={onClose} />;
  return asked.action === 'move' ? <MoveSheet items={asked.items} onClose={onClose} /> : null;
}

/** The folder that something lies in; '' is the top. */
function folderOf(item: LibraryItem): string {
  return item.kind === 'file' ? item.folder : item.path.split('/').slice(0, -1).join('/');
}
const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

function RenameSheet({ item, onClose }: { readonly item: LibraryItem; readonly onClose: () => void }) {
  const { client, library, ui } = useHub();
  const [name, setName] = useState(item.name);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const rename = async (): Promise<void> => {
    if (name.trim() === '' || name === item.name) return onClose();
    if (name.includes('/')) return setError(say('hub.files.noSlash'));
    setBusy(true);
    try {
      const { failed, why } = item.kind === 'file' ? await client.call('moveFile', { file_id: item.id, filename: name }).then(() => ({ failed: 0, why: '' })) : await moveFolder(client, item.path, below(folderOf(item), name));
      if (failed === 0) ui.notices.say(say('hub.files.renamed', { name }));
      else ui.notices.say(say('hub.files.notAll', { count: failed, why }), { alert: true });
      onClose();
      await library.reread();
    } catch (reason) {
      setError(problemOf(reason).message);
      setBusy(false);
    }
  };
  return (
    <Sheet title={say('hub.files.renameTitle', { name: item.name })} onClose={onClose} actions={<Button look="primary" disabled={busy} onClick={() => void rename()}>{busy ? say('hub.working') : say('hub.files.renameDo')}</Button>}>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}><Field label={say('hub.files.newName')} value={name} onValue={setName} error={error} autoFocus maxLength={255} spellCheck={false} /></form>
    </Sheet>
  );
}

function MoveSheet({ items, onClose }: { readonly items: readonly LibraryItem[]; readonly onClose: () => void }) {
  const { client, library, ui } = useHub();
  const [first] = items;
  const [folder, setFolder] = useState(first === undefined ? '' : folderOf(first));
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const list = useId();
  const above = folder.split('/').slice(0, -1).join('/');
  const known = useAsked(useCallback(() => client.call('listFolders', { folder: above }), [client, above])).value?.folders ?? [];
  const move = async (): Promise<void> => {
    setBusy(true);
    let [moved, failed, why] = [0, 0, ''];
    for (const item of items) {
      try {
        const outcome = item.kind === 'file' ? await client.call('moveFile', { file_id: item.id, folder }).then(() => ({ done: 1, failed: 0, why })) : await moveFolder(client, item.path, below(folder, item.name));
        [moved, failed, why] = [moved + outcome.done, failed + outcome.failed, outcome.why];
      } catch (reason) {
        [failed, why] = [failed + 1, problemOf(reason).message];
      }
    }
    setBusy(false);
    if (moved > 0) ui.notices.say(say('hub.files.movedTo', { count: moved, name: first?.name ?? '', folder: folder === '' ? say('hub.files.home') : folder }));
    if (failed > 0 && (moved > 0 || items.length > 1)) ui.notices.say(say('hub.files.notAll', { count: failed, why }), { alert: true });
    await library.reread();
    if (failed === 0 || moved > 0 || items.length > 1) onClose();
    else setError(why);
  };
  return (
    <Sheet title={say('hub.files.moveTitle', { count: items.length, name: first?.name ?? '' })} onClose={onClose} actions={<Button look="primary" disabled={busy} onClick={() => void move()}>{busy ? say('hub.working') : say('hub.files.moveDo')}</Button>}>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void move();
      }}>
        <Field label={say('hub.files.moveTo')} hint={say('hub.files.moveHint')} value={folder} onValue={setFolder} error={error} list={list} autoFocus maxLength={900} spellCheck={false} autoComplete="off" />
        <datalist id={list}>{known.map(({ path }) => <option key={path} value={path} />)}</datalist>
      </form>
    </Sheet>
  );
}
