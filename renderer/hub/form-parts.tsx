/** Fields of the members' forms: a label, a hint, and what is wrong right beneath. */
import { useEffect, useId, useState, type FormEvent, type InputHTMLAttributes, type ReactNode } from 'react';
import { passwordProblem, passwordSentences } from '../../shared/password-rules.ts';
import { passwordStrength } from '../../shared/password-strength.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import { ProgressBar } from '../components/progress-bar.tsx';
import styles from './form-parts.module.css';

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | null;
  readonly beside?: ReactNode;
}

export function Field({ label, value, onValue, hint, error = null, beside = null, ...rest }: FieldProps) {
  const id = useId();
  const told = [hint === undefined ? null : `${id}-hint`, error === null ? null : `${id}-error`].filter((part) => part !== null).join(' ');
  return (
    <div className={fieldStyles['field']}>
      <label className={fieldStyles['label']} htmlFor={id}>{label}</label>
      <div className={beside === null ? undefined : fieldStyles['pair']}>
        <input id={id} type="text" {...rest} className={fieldStyles['input']} value={value} onChange={(event) => onValue(event.currentTarget.value)} {...(error === null ? {} : { 'aria-invalid': true })} {...(told === '' ? {} : { 'aria-describedby': told })} />
        {beside}
      </div>
      {hint !== undefined && <p id={`${id}-hint`} className={fieldStyles['hint']}>{hint}</p>}
      {error !== null && <p id={`${id}-error`} className={fieldStyles['error']}>{error}</p>}
    </div>
  );
}

export function PasswordField(props: FieldProps) {
  const [shown, setShown] = useState(false);
  return <Field {...props} type={shown ? 'text' : 'password'} spellCheck={false} autoCapitalize="off" beside={<Button className={styles['show']} aria-pressed={shown} onClick={() => setShown(!shown)}>{say(shown ? 'hub.hidePassword' : 'hub.showPassword')}</Button>} />;
}

/** The hub's rule refuses, the meter only advises. `known` are words that a guesser would try first. */
export function NewPasswordField({ known, ...props }: FieldProps & { readonly known: readonly string[] }) {
  const words = known.join(' ');
  const [told, setTold] = useState<{ readonly of: string; readonly score: number } | null>(null);
  const { value } = props;
  useEffect(() => {
    if (value === '') return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      passwordStrength(value, words.split(' ')).then((score) => {
        if (wanted) setTold({ of: value, score });
      }, () => undefined);
    }, 120);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [value, words]);
  const score = value === '' || told === null ? null : told.score;
  const words5 = score === null ? '' : say(`hub.strength.${score as 0 | 1 | 2 | 3 | 4}`);
  return (
    <div className={styles['withMeter']}>
      <PasswordField {...props} autoComplete="new-password" />
      {score !== null && <div className={styles['meter']}><ProgressBar percent={Math.max(4, score * 25)} label={say('hub.strength')} valueText={words5} /><span aria-hidden="true">{words5}</span></div>}
    </div>
  );
}

/** The same words as the hub would answer, before it is asked. */
export function newPasswordError(password: string): string | null {
  const problem = passwordProblem(password);
  if (problem === null) return null;
  const sentence = passwordSentences[problem];
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** One form's sending: what stands in the way first, then the answer; never twice at once. */
export interface Sent { readonly busy: boolean; readonly error: string | null; clear(): void; submit(event: FormEvent, problem: string | null, job: () => Promise<void>): void }
export function useSent(): Sent {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    busy, error,
    // What was mended must not go on being blamed.
    clear: () => setError(null),
    submit(event, problem, job) {
      event.preventDefault();
      setError(problem);
      if (problem !== null || busy) return;
      setBusy(true);
      job().catch((reason: unknown) => {
        const told = problemOf(reason);
        setError(told.noAnswer ? say('hub.noAnswer') : told.message);
      }).finally(() => setBusy(false));
    },
  };
}
