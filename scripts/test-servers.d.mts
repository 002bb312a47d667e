/** Types of test-servers.mjs for the tests that import it. */
export interface FoundTool {
  readonly path: string | null;
  readonly reason: string | null;
}
export declare const toolNames: readonly string[];
export declare function toolsFolder(): string;
export declare function ensureTool(name: string, options?: { readonly say?: (text: string) => void; readonly install?: boolean }): FoundTool;
export declare function onPath(name: string): string | null;
