/** Asks before a folder is no longer kept in step; Cancel has the focus. */
import { useRef } from 'react';
import type { RootStatus } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/sheet.tsx';

export function RemoveSheet({ root, onClose }: { readonly root: RootStatus; readonly onClose: () => void }) {
  const app = useApp();
  const text = useRef<HTMLParagraphElement>(null);
  const remove = async (): Promise<void> => {
    onClose();
    if (await app.act('removeRoot', { rootId: root.id }, say('settings.removed', { name: root.name })) !== null) await app.reread();
  };
  return (
    <Sheet title={say('settings.removeTitle', { name: root.name })} onClose={onClose} initialFocus={text} actions={<Button look="danger" onClick={() => void remove()}>{say('settings.removeYes')}</Button>}>
      <p ref={text} tabIndex={-1}>{say('settings.removeText')}</p>
    </Sheet>
  );
}
