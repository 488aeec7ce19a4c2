// A form that is on its way is not sent twice by a second press. Without a script it would be.

addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  // What never arrives, or is answered by a file, may be sent again.
  setTimeout(() => delete form.dataset.sent, 10_000);
});

// A page that Back brings up again has sent nothing.
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});
