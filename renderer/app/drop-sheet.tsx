/** Asks "Sync this folder?" after a drop, or says what to do where a browser cannot tell where the folder is. */
import { useEffect, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { Sheet } from '../components/sheet.tsx';
import { useApp } from './app-context.tsx';
import type { Dropped } from './drop-target.tsx';

export function DropSheet({ dropped, onClose }: { readonly dropped: Dropped; readonly onClose: () => void }) {
  const { bridge, route } = useApp();
  const [folder, setFolder] = useState<string | null>(null);
  useEffect(() => {
    if (bridge === null || dropped.token === '') return undefined;
    let wanted = true;
    void bridge.folderOfToken(dropped.token).then((path) => {
      if (wanted) setFolder(path);
    });
    return () => {
      wanted = false;
    };
  }, [bridge, dropped.token]);
  const goOn = (): void => {
    route.go({ screen: 'addFolder', folder: folder ?? '' });
    onClose();
  };
  const text = !dropped.isFolder ? say('drop.files') : folder ?? (bridge === null ? say('drop.noBridge') : say('drop.notAFolder'));
  return (
    <Sheet title={dropped.isFolder ? say('drop.title') : dropped.name} onClose={onClose}
      actions={dropped.isFolder && (folder !== null || bridge === null) ? <Button look="primary" onClick={goOn}>{say('drop.yes')}</Button> : null}>
      <p>{text}</p>
    </Sheet>
  );
}
