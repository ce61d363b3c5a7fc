// Loads what reviews do beyond links and forms, on pages that hold conversations on code.

function start(): void {
  if (document.querySelector('[data-review], [data-thread]'))
    void import('./review/review.ts').then(({ openReview }) => openReview());
}

document.addEventListener('turbo:load', start);
addEventListener('review:added', start);

export {};
