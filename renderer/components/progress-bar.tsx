/** A bar that says its own value in words. */
import styles from './progress-bar.module.css';

export function ProgressBar({ percent, label, valueText, thin = false }: { readonly percent: number | null; readonly label: string; readonly valueText: string; readonly thin?: boolean }) {
  return (
    <div className={thin ? styles['thin'] : styles['bar']} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...(percent === null ? {} : { 'aria-valuenow': percent })} aria-valuetext={valueText}>
      <div className={styles['fill']} style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
    </div>
  );
}
