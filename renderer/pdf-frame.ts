/** Runs inside the sandboxed frame: draws the first pages of a PDF it is given, without scripts, forms or network. */
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist';
import * as pdfWorker from 'pdfjs-dist/build/pdf.worker.mjs';

const mostPages = 20;
// A frame without an origin can't start workers; the parser runs in the frame itself, which is walled off anyway.
(globalThis as { pdfjsWorker?: unknown }).pdfjsWorker = pdfWorker;

async function draw(bytes: ArrayBuffer): Promise<void> {
  const room = document.getElementById('pages');
  if (room === null) return;
  // `isEvalSupported: false` (CVE-2024-4367): a font in a file must never become script.
  const options = { data: new Uint8Array(bytes), isEvalSupported: false, enableXfa: false, useWorkerFetch: false, disableFontFace: true };
  const pdf = await getDocument(options).promise;
  for (let number = 1; number <= Math.min(pdf.numPages, mostPages); number += 1) room.append(await drawPage(pdf, number));
}

async function drawPage(pdf: PDFDocumentProxy, number: number): Promise<HTMLCanvasElement> {
  const page = await pdf.getPage(number);
  const natural = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: (document.documentElement.clientWidth * Math.min(devicePixelRatio, 2)) / natural.width });
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(viewport.width);
  canvas.height = Math.ceil(viewport.height);
  await page.render({ canvas, viewport }).promise;
  return canvas;
}

addEventListener('message', (event: MessageEvent<{ pdf?: ArrayBuffer }>) => {
  if (event.source !== parent || !(event.data.pdf instanceof ArrayBuffer)) return;
  draw(event.data.pdf).catch((reason: unknown) => {
    const note = document.createElement('p');
    note.textContent = reason instanceof Error ? reason.message : String(reason);
    document.body.append(note);
  });
});
parent.postMessage('ready', '*');
