/** The parser of pdfjs ships without types; the page only hands it on. */
declare module 'pdfjs-dist/build/pdf.worker.mjs' {
  export const WorkerMessageHandler: unknown;
}
