/** Many conflicts by one rule: which, and first of all what the rule would do with each. */
import { useEffect, useState } from 'react';
import type { CallInputOf, Preview } from '../../../shared/api/contract.ts';
import { say, type WordId } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { PreviewList } from '../../components/preview-list.tsx';
import styles from './needs-you.module.css';

type Wish = CallInputOf<'previewConflicts'>;
const rules = ['newest', 'largest', 'mine', 'theirs', 'both'] as const;
const ruleWords: Readonly<Record<(typeof rules)[number], WordId>> = { newest: 'many.newest', largest: 'many.largest', mine: 'many.mine', theirs: 'many.theirs', both: 'many.both' };

export function ManyConflicts({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const { client } = app;
  const [wish, setWish] = useState<Wish>({ rule: 'newest', folder: '' });
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    client.call('previewConflicts', wish).then((answer) => {
      if (!wanted) return;
      setPreview(answer);
      setProblem(null);
    }, (reason: unknown) => wanted && setProblem(problemOf(reason).message));
    return () => {
      wanted = false;
    };
  }, [client, wish]);
  const settled = preview === null ? 0 : preview.conflicts - preview.skipped;
  const settle = async (): Promise<void> => {
    if (preview === null) return;
    const answer = await app.act('resolveConflicts', { ...wish, expected: preview.conflicts }, say('many.done', { count: settled }));
    if (answer !== null) onClose();
    await app.needsYou.read();
  };
  return (
    <Sheet wide title={say('many.title')} onClose={onClose} actions={<Button look="primary" disabled={settled === 0} onClick={() => void settle()}>{say('many.settle', { count: settled })}</Button>}>
      <fieldset className={styles['rules']}>
        <legend className={field['label']}>{say('many.rule')}</legend>
        {rules.map((rule) => (
          <label key={rule} className={field['check']}><input type="radio" name="conflict-rule" checked={wish.rule === rule} onChange={() => setWish({ ...wish, rule })} />{say(ruleWords[rule])}</label>
        ))}
      </fieldset>
      <label className={field['field']}><span className={field['label']}>{say('many.folder')}</span>
        <input className={field['input']} value={wish.folder ?? ''} spellCheck={false} autoComplete="off" onChange={(event) => setWish({ ...wish, folder: event.currentTarget.value })} />
        <span className={field['hint']}>{say('many.folderHint')}</span></label>
      {problem !== null && <p>{problem}</p>}
      {preview !== null && <PreviewList words={say('many.will', { count: settled, left: preview.skipped, trash: preview.deletions })} preview={preview} total={preview.conflicts} />}
    </Sheet>
  );
}
