/** The page's buttons: one primary action per view, quiet ones else, danger only in words and outline. */
import type { ButtonHTMLAttributes, Ref } from 'react';
import styles from './button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'normal' | 'primary' | 'danger' | 'plain' | 'icon' | 'link';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={[styles[look], className].filter(Boolean).join(' ')} {...rest} />;
}
