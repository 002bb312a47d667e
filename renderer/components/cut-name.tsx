/** A name cut in the middle when there is no room, so that its ending is always seen; the whole name is in the tooltip. */
import { cutName } from '../format/middle-cut.ts';
import styles from './cut-name.module.css';

export function CutName({ name, title = name }: { readonly name: string; readonly title?: string }) {
  const { head, tail } = cutName(name);
  return (
    <span className={styles['name']} title={title}>
      <span className={styles['head']}>{head}</span>
      {tail !== '' && <span className={styles['tail']}>{tail}</span>}
    </span>
  );
}
