/** Fields that save when they are left, with the fault said in words beside them. */
import { useId, useState } from 'react';
import { say } from '../../../shared/words/words.ts';
import field from '../../components/field.module.css';

export function TextField({ label, hint, value, maxLength, onSave }: { readonly label: string; readonly hint: string; readonly value: string; readonly maxLength: number; readonly onSave: (value: string) => void }) {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const save = (): void => {
    const wanted = text?.trim() ?? '';
    if (wanted !== '' && wanted !== value) onSave(wanted);
    setText(null);
  };
  return (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={id}>{label}</label>
      <input id={id} className={field['input']} type="text" maxLength={maxLength} value={text ?? value} aria-describedby={`${id}-hint`} onChange={(event) => setText(event.currentTarget.value)} onBlur={save} onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }} />
      <p id={`${id}-hint`} className={field['hint']}>{hint}</p>
    </div>
  );
}

export interface NumberFieldProps { readonly label: string; readonly hint: string; readonly value: number; readonly min: number; readonly max: number; readonly step: number; readonly onSave: (value: number) => void }

export function NumberField({ label, hint, value, min, max, step, onSave }: NumberFieldProps) {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const wanted = text === null ? value : Number(text.replace(',', '.'));
  const wrong = text !== null && (text.trim() === '' || !Number.isFinite(wanted) || wanted < min || wanted > max || (step === 1 && !Number.isInteger(wanted)));
  const save = (): void => {
    if (text === null || wrong) return;
    if (wanted !== value) onSave(wanted);
    setText(null);
  };
  return (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={id}>{label}</label>
      <input id={id} className={`${field['input'] ?? ''} ${field['number'] ?? ''}`} type="text" inputMode="decimal" value={text ?? String(value)} aria-invalid={wrong} aria-describedby={`${id}-hint`}
        onChange={(event) => setText(event.currentTarget.value)} onBlur={save} onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }} />
      <p id={`${id}-hint`} className={wrong ? field['error'] : field['hint']}>{wrong ? say('settings.notANumber', { min, max }) : hint}</p>
    </div>
  );
}

export function Switch({ label, checked, onSave }: { readonly label: string; readonly checked: boolean; readonly onSave: (checked: boolean) => void }) {
  return <label className={field['check']}><input type="checkbox" checked={checked} onChange={(event) => onSave(event.currentTarget.checked)} />{label}</label>;
}

export function Choice<T extends string>({ label, value, options, onSave }: { readonly label: string; readonly value: T; readonly options: readonly (readonly [T, string])[]; readonly onSave: (value: T) => void }) {
  const id = useId();
  return (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={id}>{label}</label>
      <div>
        <select id={id} className={field['select']} value={value} onChange={(event) => onSave(event.currentTarget.value as T)}>
          {options.map(([name, word]) => <option key={name} value={name}>{word}</option>)}
        </select>
      </div>
    </div>
  );
}
