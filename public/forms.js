// A form that is on its way is not sent twice by a second press. Without a script it would be.

// What never arrives may be sent again after so long; files take their time.
const MOST_MS = { 'multipart/form-data': 120_000 };
const USUAL_MS = 20_000;

addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, MOST_MS[form.enctype] ?? USUAL_MS);
});

// A page that Back brings up again has sent nothing, and what the Stop button stopped may be sent anew.
addEventListener('pageshow', letGo);
globalThis.navigation?.addEventListener('navigateerror', letGo);

function letGo() {
  for (const form of document.forms) delete form.dataset.sent;
}
