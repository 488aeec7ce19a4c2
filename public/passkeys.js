// Passkeys are the one thing here that a page cannot do without a script. Whatever is marked `data-passkeys` is hidden or shown the other way
// round where the browser knows passkeys and the page is open at the address that they belong to.

const buttons = [...document.querySelectorAll('button[data-passkey]')];
const knowsPasskeys =
  typeof PublicKeyCredential === 'function' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

if (knowsPasskeys && buttons.some((button) => button.dataset.passkey === location.origin)) {
  for (const part of document.querySelectorAll('[data-passkeys]')) part.hidden = !part.hidden;
  document.addEventListener('submit', onSubmit);
}

function onSubmit(event) {
  const button = event.submitter;
  if (!buttons.includes(button)) return;
  event.preventDefault();
  const told = button.form.querySelector('[role=alert][data-told]');
  told.hidden = true;
  button.disabled = true;
  use(button)
    .then(({ to }) => location.assign(to))
    .catch((error) => {
      told.textContent = inWords(error);
      told.hidden = false;
      button.disabled = false;
      button.focus();
    });
}

/** Asks for a challenge, has the device answer it, and sends the answer with what the form holds. */
async function use(button) {
  const { _csrf, password: _never, current, ...fields } = Object.fromEntries(new FormData(button.form));
  const path = button.getAttribute('formaction') ?? button.form.getAttribute('action');
  const options = await post(`${path}/challenge`, { current }, _csrf);
  const credential = options.rp
    ? await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
      })
    : await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
      });
  return post(path, { ...fields, credential: credential.toJSON() }, _csrf);
}

async function post(path, body, token) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': token };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.message ?? `${content.title}. Load the page again.`);
  return content;
}

/** What the browser says is for programmers; what the app says is for people. */
function inWords(error) {
  if (error.name === 'NotAllowedError') return 'No passkey was given: it was cancelled, or took too long.';
  if (error.name === 'InvalidStateError') return 'This device has a passkey of yours already.';
  return error.message;
}
