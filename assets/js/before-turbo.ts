// Turbo's progress bar puts a style element into the head while Turbo is being loaded. Our content security policy refuses
// such styles, and app.css has those of the bar: that one element is kept out. Imported before Turbo itself.

const { head } = document;

head.insertBefore = <T extends Node>(node: T, before: Node | null): T =>
  node instanceof HTMLStyleElement ? node : (Node.prototype.insertBefore.call(head, node, before) as T);

/** Gives the head its own method back, once Turbo is there. */
export function endTurboLoading(): void {
  Reflect.deleteProperty(head, 'insertBefore');
}
