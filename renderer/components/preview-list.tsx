/** What a dry run found: a sentence with the counts, then file by file what would happen. */
import type { Preview } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import styles from './preview-list.module.css';

export function PreviewList({ words, preview, total }: { readonly words: string; readonly preview: Preview; readonly total: number }) {
  return (
    <>
      <p>{words}</p>
      {preview.examples.length > 0 && (
        <ul className={styles['list']} tabIndex={0} aria-label={say('preview.list')}>
          {preview.examples.map((example) => <li key={`${example.path} ${example.what}`}><span className={styles['path']}>{example.path}</span><span className={styles['what']}>{example.what}</span></li>)}
          {total > preview.examples.length && <li className={styles['what']}>{say('needsYou.more', { count: total - preview.examples.length })}</li>}
        </ul>
      )}
    </>
  );
}
