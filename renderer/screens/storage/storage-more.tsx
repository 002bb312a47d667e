/** What Storage shows on request: the map of folders, and what another rule would do. */
import { Suspense, useState } from 'react';
import type { TierSettings } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';

const FolderMapPicture = lazyPart(() => import('./folder-map.tsx').then((module) => ({ default: module.FolderMapPicture })));
const WhatIf = lazyPart(() => import('./what-if.tsx').then((module) => ({ default: module.WhatIf })));

export function MapSection({ rootId }: { readonly rootId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className={panel['stack']}>
      <div className={panel['row']}><Button aria-expanded={open} onClick={() => setOpen(!open)}>{say('map.show')}</Button></div>
      {open && <Suspense fallback={null}><FolderMapPicture rootId={rootId} /></Suspense>}
    </div>
  );
}
export function WhatIfSection({ rootId, settings }: { readonly rootId: string; readonly settings: TierSettings }) {
  const [open, setOpen] = useState(false);
  return (
    <div className={panel['stack']}>
      <div className={panel['row']}><Button aria-expanded={open} onClick={() => setOpen(!open)}>{say('whatIf.title')}</Button></div>
      {open && <Suspense fallback={null}><WhatIf rootId={rootId} settings={settings} /></Suspense>}
    </div>
  );
}
