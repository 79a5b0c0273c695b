// Copy buttons: `data-copy` is what is copied, `data-copied` and `data-failed` are said inside the button afterwards, until it loses the focus.
//
// It works on documents without the browser half as well, which is all that a refusal needs. It must never store or log what it copies.

document.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('[data-copy]') : null;
  if (!button) return;
  const { copy = '', copied = '', failed = '' } = button.dataset;
  const done = await written(copy) || selected(button, copy);
  button.toggleAttribute('data-done', done);
  said(button, done ? copied : failed);
});

document.addEventListener('focusout', ({ target }) => {
  if (!(target instanceof HTMLElement) || !target.matches('[data-copy]')) return;
  target.removeAttribute('data-done');
  said(target, '');
});

function said(button: HTMLElement, words: string): void {
  const status = button.querySelector('[role=status]');
  if (status) status.textContent = words;
}

/** The clipboard that browsers have for pages with TLS. */
async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The way for pages without TLS: selects the text in a field that is there only for that moment, beside the button, since nothing outside of
 * an open dialog can be selected. The button has the focus again afterwards.
 */
function selected(button: HTMLElement, text: string): boolean {
  const field = document.createElement('textarea');
  field.className = 'visually-hidden';
  field.value = text;
  button.after(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  button.focus();
  return done;
}

// What needs scripts is hidden until there are some; these buttons have theirs now, whatever becomes of the others.
document.documentElement.setAttribute('data-copies', '');
