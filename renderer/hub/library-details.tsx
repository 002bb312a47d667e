/** Details of the file or folder with the focus: where its bytes are, its facts, and what can be done. */
import { Suspense } from 'react';
import { X } from 'lucide-react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { lazyPart } from '../components/lazy-part.tsx';
import { TierBadge } from '../components/tier-badge.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatExactly } from '../format/time.ts';
import inspectorStyles from '../screens/files/inspector.module.css';
import { useLibrary } from './hub-context.tsx';
import { ArchivePart } from './archive-part.tsx';
import { ActionButtons, type LibraryAction } from './library-actions.tsx';
import type { FileItem, LibraryItem } from './library-store.ts';
import { VersionsPart } from './versions-part.tsx';

const LibraryPreview = lazyPart(() => import('./library-preview.tsx').then((module) => ({ default: module.LibraryPreview })));

export function LibraryDetails({ mayWrite, onAction, onClose }: { readonly mayWrite: boolean; readonly onAction: (action: LibraryAction, items: readonly LibraryItem[]) => void; readonly onClose: () => void }) {
  const item = useLibrary((state) => state.items?.[state.focusRank]);
  return (
    <div className={inspectorStyles['inspector']}>
      <div className={inspectorStyles['head']}>
        <h2 className={inspectorStyles['title']}>{item?.name ?? say('inspector.title')}</h2>
        <Button look="icon" aria-label={say('files.hideDetails')} onClick={onClose}><X size={16} aria-hidden="true" /></Button>
      </div>
      {item === undefined ? <p className={inspectorStyles['quiet']}>{say('inspector.pick')}</p> : (
        <>
          {item.kind === 'file' && <Suspense fallback={<div className={inspectorStyles['previewRoom']} />}><LibraryPreview key={`${item.id} ${item.atMs} ${item.bytes}`} file={item} /></Suspense>}
          <div className={inspectorStyles['actions']}><ActionButtons items={[item]} mayWrite={mayWrite} onAction={onAction} /></div>
          {item.kind === 'file' && <ArchivePart key={`${item.key} archive`} fileId={item.id} mayWrite={mayWrite} />}
          <section className={inspectorStyles['part']}>{item.kind === 'file' ? <FileFacts file={item} /> : (
            <dl className={inspectorStyles['facts']}>
              <dt>{say('hub.files.folderKind')}</dt><dd className={inspectorStyles['break']}>{item.path}</dd>
              <dt>{say('files.size')}</dt><dd>{formatBytes(item.bytes)} · {say('hub.files.inside', { files: item.files })}</dd>
            </dl>
          )}</section>
          {item.kind === 'file' && <VersionsPart key={item.key} fileId={item.id} mayWrite={mayWrite} />}
        </>
      )}
    </div>
  );
}

function FileFacts({ file }: { readonly file: FileItem }) {
  return (
    <dl className={inspectorStyles['facts']}>
      <dt>{say('files.where')}</dt>
      <dd><TierBadge tier={file.location === 's3' ? 'cold' : 'warm'} />{file.syncedAtMs !== null && <><br />{say('hub.files.inCold', { when: formatExactly(file.syncedAtMs) })}</>}</dd>
      <dt>{say('files.size')}</dt><dd className="num">{formatBytes(file.bytes)}</dd>
      <dt>{say('hub.files.kind')}</dt><dd className={inspectorStyles['break']}>{file.type}</dd>
      <dt>{say('hub.files.uploaded')}</dt><dd>{formatExactly(file.atMs)}</dd>
      <dt>{say('files.folder')}</dt><dd className={inspectorStyles['break']}>{file.folder === '' ? say('hub.files.home') : file.folder}</dd>
    </dl>
  );
}
