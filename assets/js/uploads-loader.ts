// Loads what uploads files only on pages whose form takes some.
addEventListener('turbo:load', () => {
  if (document.querySelector('[data-uploads]'))
    void import('./uploads.ts').then(({ startUploads }) => startUploads());
});
