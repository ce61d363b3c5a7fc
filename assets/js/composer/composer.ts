// The parts of composers together: loaded once, on the first page that has one.
import './element.ts';
import { startQuotes } from './quotes.ts';
import { startTasks } from './tasks.ts';

/** Makes ready what no element of its own does; again on every page. */
export function start(): void {
  startTasks();
  startQuotes();
}
