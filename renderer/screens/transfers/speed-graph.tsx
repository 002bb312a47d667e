/** The speed of the last sixty seconds, drawn by uPlot, with its figures in words for everyone who does not see it. */
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { say } from '../../../shared/words/words.ts';
import { formatRate } from '../../format/bytes.ts';
import styles from './speed-graph.module.css';

const seconds = 60;
const heightPx = 140;

export function SpeedGraph({ up, down }: { readonly up: readonly number[]; readonly down: readonly number[] }) {
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  useEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(element), [[], [], []], element);
      plot.current.setData(dataOf(up, down));
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
    // Data is fed by the effect below; making the plot anew for each second would flicker.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => plot.current?.setData(dataOf(up, down)), [up, down]);
  const words = `${say('transfers.up')} ${formatRate(up.at(-1) ?? 0)}, ${say('transfers.down')} ${formatRate(down.at(-1) ?? 0)}`;
  return (
    <figure className={styles['figure']}>
      <div ref={room} className={styles['plot']} role="img" aria-label={`${say('transfers.graph')}: ${words}`} />
      <figcaption className={styles['legend']}>
        <span><i className={styles['up']} />{say('transfers.up')} <b>{formatRate(up.at(-1) ?? 0)}</b></span>
        <span><i className={styles['down']} />{say('transfers.down')} <b>{formatRate(down.at(-1) ?? 0)}</b></span>
      </figcaption>
    </figure>
  );
}

function dataOf(up: readonly number[], down: readonly number[]): UPlot.AlignedData {
  const padded = (values: readonly number[]): number[] => [...Array<number>(Math.max(0, seconds - values.length)).fill(0), ...values.slice(-seconds)];
  return [Array.from({ length: seconds }, (_, at) => at - seconds + 1), padded(up), padded(down)];
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const style = getComputedStyle(element);
  const ink = style.color;
  const quiet = style.getPropertyValue('border-top-color');
  const font = '12px system-ui, "Segoe UI", sans-serif';
  const axis = { stroke: style.getPropertyValue('outline-color'), font, ticks: { show: false }, grid: { stroke: quiet, width: 1 } };
  return {
    width: element.clientWidth, height: heightPx, cursor: { show: false }, legend: { show: false }, padding: [8, 20, 0, 8],
    scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1000)] } },
    axes: [{ ...axis, grid: { show: false }, splits: [-60, -45, -30, -15, 0], values: (_plot, marks) => marks.map((mark) => (mark === 0 ? say('time.now') : say('time.shortSeconds', { count: mark }))), size: 28, gap: 8 },
      { ...axis, values: (_plot, marks) => marks.map((mark) => formatRate(mark)), size: 72, space: 36 }],
    series: [{}, { stroke: ink, width: 2, points: { show: false } }, { stroke: ink, width: 2, dash: [4, 4], points: { show: false } }],
  };
}
