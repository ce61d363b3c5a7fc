// The little of Turbo that we use; the package brings no types.
declare module '@hotwired/turbo' {
  export const config: {
    drive: { enabled: boolean; progressBarDelay: number; unvisitableExtensions: Set<string> };
    forms: { mode: 'on' | 'off' | 'optin' };
  };
}
