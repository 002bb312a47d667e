/** What is shown to someone who came without a session: how to get one. */
import { say } from '../../shared/words/words.ts';
import { Logo } from '../components/strata-mark.tsx';
import styles from './no-session.module.css';

export function NoSession() {
  return (
    <main className={styles['page']}>
      <Logo size={40} />
      <h1>{say('session.none')}</h1>
      <p className={styles['more']}>{say('session.noneMore')}</p>
    </main>
  );
}
