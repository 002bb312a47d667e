/** Parts of the page that are fetched when they are needed: asked for again while the line is away for a moment (the service opens another door, or restarts), and where a part can't be had the page says so instead of going blank. */
import { Component, lazy, type ReactNode } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from './button.tsx';
import panelStyles from './panel.module.css';

/** Together longer than a service takes to come back. */
const pausesMs = [300, 700, 1500, 3000, 6000];

export const lazyPart: typeof lazy = (load) => lazy(() => persistently(load));

export async function persistently<T>(load: () => Promise<T>, wait: (ms: number) => Promise<void> = pause): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await load();
    } catch {
      await wait(pauseMs);
      mendStyles();
    }
  }
  return load();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A style sheet is asked for once alone: one that failed is put anew, or the part would come without its looks. */
const failedStyles = new Set<HTMLLinkElement>();
if (typeof document !== 'undefined') {
  document.addEventListener('error', ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') failedStyles.add(target);
  }, true);
}
function mendStyles(): void {
  for (const link of failedStyles) link.replaceWith(link.cloneNode());
  failedStyles.clear();
}

interface BoundaryProps {
  readonly children: ReactNode;
  /** What only adds something is left out without a word. */
  readonly quiet?: boolean;
}
/** What breaks inside breaks nothing outside. Give it a `key` where another part takes its place. */
export class PartBoundary extends Component<BoundaryProps, { readonly broke: boolean }> {
  override state = { broke: false };
  static getDerivedStateFromError(): { readonly broke: boolean } {
    return { broke: true };
  }
  override render(): ReactNode {
    if (!this.state.broke) return this.props.children;
    if (this.props.quiet === true) return null;
    return (
      <div className={panelStyles['empty']} role="alert">
        <h1>{say('part.title')}</h1>
        <p>{say('part.text')}</p>
        <Button look="primary" onClick={() => window.location.reload()}>{say('part.again')}</Button>
      </div>
    );
  }
}
