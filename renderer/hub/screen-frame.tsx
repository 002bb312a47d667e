/** The frame of the members' screens beside Files: a title, a sentence, and what went wrong with a way to try again. */
import type { ReactNode } from 'react';
import { say } from '../../shared/words/words.ts';
import type { ApiProblem } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import panelStyles from '../components/panel.module.css';
import styles from './lines.module.css';

export function ScreenFrame({ title, lead, problem = null, onAgain, children }: { readonly title: string; readonly lead?: string; readonly problem?: ApiProblem | null; readonly onAgain?: () => void; readonly children: ReactNode }) {
  return (
    <div className={panelStyles['screen']}>
      <div className={panelStyles['column']}>
        <div className={panelStyles['stack']}><h1>{title}</h1>{lead !== undefined && <p className={panelStyles['quiet']}>{lead}</p>}</div>
        {problem !== null && <p className={styles['problem']}>{problem.noAnswer ? say('hub.noAnswer') : problem.message} {onAgain !== undefined && <Button look="link" onClick={onAgain}>{say('do.tryNow')}</Button>}</p>}
        {children}
      </div>
    </div>
  );
}
