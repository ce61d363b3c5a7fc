// Finds circles of imports. Imports of types alone do not count: they have no order of loading.
import type { SourceFile } from './source-file.ts';

/** One list of files for each circle found, starting and ending with the same file. */
export function findCycles(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.map((file) => [file.path, loadedFiles(file)]));
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const cycles: string[][] = [];

  const visit = (path: string): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    state.set(path, 'open');
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    state.set(path, 'done');
  };

  for (const path of graph.keys()) visit(path);
  return cycles;
}

function loadedFiles(file: SourceFile): string[] {
  return file.imports.flatMap((imported) =>
    imported.typeOnly || imported.file === undefined ? [] : [imported.file],
  );
}
