/** The questions that come before files move, take another name or are shared. */
import { useCallback, useId, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Sheet } from '../components/sheet.tsx';
import { Field } from './form-parts.tsx';
import { useAsked, useHub } from './hub-context.tsx';
import type { Asked } from './library-screen.tsx';
import type { FileItem } from './library-store.ts';
import { ShareSheet } from './share-sheet.tsx';

export function LibrarySheets({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }) {
  const files = asked.items.flatMap((item) => (item.kind === 'file' ? [item] : []));
  const [one] = asked.items;
  if (asked.action === 'share' && one !== undefined) return <ShareSheet item={one} onClose={onClose} />;
  if (asked.action === 'rename' && files[0] !== undefined) return <RenameSheet file={files[0]} onClose={onClose} />;
  return asked.action === 'move' && files.length > 0 ? <MoveSheet files={files} onClose={onClose} /> : null;
}

function RenameSheet({ file, onClose }: { readonly file: FileItem; readonly onClose: () => void }) {
  const { client, library, ui } = useHub();
  const [name, setName] = useState(file.name);
  const [error, setError] = useState<string | null>(null);
  const rename = async (): Promise<void> => {
    if (name.trim() === '' || name === file.name) return onClose();
    try {
      await client.call('moveFile', { file_id: file.id, filename: name });
      ui.notices.say(say('hub.files.renamed', { name }));
      onClose();
      await library.reread();
    } catch (reason) {
      setError(problemOf(reason).message);
    }
  };
  return (
    <Sheet title={say('hub.files.renameTitle', { name: file.name })} onClose={onClose} actions={<Button look="primary" onClick={() => void rename()}>{say('hub.files.renameDo')}</Button>}>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}><Field label={say('hub.files.newName')} value={name} onValue={setName} error={error} autoFocus maxLength={255} spellCheck={false} /></form>
    </Sheet>
  );
}

function MoveSheet({ files, onClose }: { readonly files: readonly FileItem[]; readonly onClose: () => void }) {
  const { client, library, ui } = useHub();
  const [folder, setFolder] = useState(files[0]?.folder ?? '');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const list = useId();
  const above = folder.split('/').slice(0, -1).join('/');
  const known = useAsked(useCallback(() => client.call('listFolders', { folder: above }), [client, above])).value?.folders ?? [];
  const move = async (): Promise<void> => {
    setBusy(true);
    let moved = 0;
    let why = '';
    for (const file of files) {
      try {
        await client.call('moveFile', { file_id: file.id, folder });
        moved += 1;
      } catch (reason) {
        why = problemOf(reason).message;
      }
    }
    setBusy(false);
    if (moved > 0) ui.notices.say(say('hub.files.movedTo', { count: moved, name: files[0]?.name ?? '', folder: folder === '' ? say('hub.files.home') : folder }));
    if (moved < files.length && files.length > 1) ui.notices.say(say('hub.files.notAll', { count: files.length - moved, why }), { alert: true });
    await library.reread();
    if (moved === files.length || files.length > 1) onClose();
    else setError(why);
  };
  return (
    <Sheet title={say('hub.files.moveTitle', { count: files.length, name: files[0]?.name ?? '' })} onClose={onClose} actions={<Button look="primary" disabled={busy} onClick={() => void move()}>{say('hub.files.moveDo')}</Button>}>
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
