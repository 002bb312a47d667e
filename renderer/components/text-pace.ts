/** Lets a text that changes with every message change on screen once a second at most, so that it can be read. */
import { useEffect, useRef, useState } from 'react';

export function useTextPace(text: string, everyMs = 1000): string {
  const [shown, setShown] = useState(text);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (text === shown) return undefined;
    const show = (): void => {
      changedAt.current = performance.now();
      setShown(text);
    };
    const wait = everyMs - (performance.now() - changedAt.current);
    const timer = setTimeout(show, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [text, shown, everyMs]);
  return shown;
}
