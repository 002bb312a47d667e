/** What a round tells of itself while it works: phase, counts and rows in flight, as the engine's state and events. */
import type { EntryKey } from '../../shared/relative-path.ts';
import type { CycleControl } from './cycle.ts';
import type { Operation } from './plan/operation.ts';
import type { EngineEvent, EngineState } from './root-engine.ts';

export type RunningKind = 'uploading' | 'downloading' | 'moving' | 'checking';

export interface ControlParts {
  readonly concurrency: () => number;
  readonly approveCounts: boolean;
  readonly hintsPending: () => boolean;
  readonly state: () => EngineState;
  readonly running: Map<EntryKey, RunningKind>;
  readonly emit: (event: EngineEvent) => void;
  readonly set: (change: Partial<EngineState>) => void;
  /** Without telling: many small steps are told together as progress. */
  readonly setQuietly: (change: Partial<EngineState>) => void;
  readonly wrote: (keys: readonly EntryKey[]) => void;
}

export function makeControl(parts: ControlParts): CycleControl {
  return {
    concurrency: parts.concurrency,
    approveCounts: parts.approveCounts,
    onPhase: (phase) => {
      if (parts.state().phase !== phase) parts.set({ phase });
    },
    onLooked: (checked) => {
      parts.setQuietly({ checked });
      parts.emit({ type: 'progress' });
    },
    onDue: ({ files, bytes }) => parts.set({ filesDone: 0, filesTotal: files, bytesDone: 0, bytesTotal: bytes }),
    hintsPending: parts.hintsPending,
    counters: {
      onStart: (op) => {
        parts.running.set(op.key, runningKindOf(op));
        parts.emit({ type: 'rows', keys: [op.key] });
      },
      onEnd: (op) => {
        parts.running.delete(op.key);
        const { filesDone, bytesDone } = parts.state();
        parts.setQuietly({ filesDone: filesDone + 1, bytesDone: bytesDone + op.sizeBytes });
        const keys = op.from === null ? [op.key] : [op.key, op.from.key];
        parts.emit({ type: 'rows', keys });
        parts.emit({ type: 'progress' });
        if (op.kind === 'upload' || op.kind === 'deleteRemote' || op.kind === 'moveRemote') parts.wrote(keys);
      },
    },
  };
}

function runningKindOf(op: Operation): RunningKind {
  if (op.kind === 'upload') return 'uploading';
  if (op.kind === 'download') return 'downloading';
  return op.kind === 'moveLocal' || op.kind === 'moveRemote' ? 'moving' : 'checking';
}
