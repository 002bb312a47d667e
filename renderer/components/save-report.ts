/** Has the service write its redacted report and hands it to the user as a file. */
import type { App } from '../app/make-app.ts';

export async function saveReport(app: App): Promise<void> {
  const report = await app.act('makeReport', {}, null);
  if (report === null) return;
  saveBlob(new Blob([report.text], { type: 'text/plain' }), report.name);
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
