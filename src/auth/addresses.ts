// What is special about the addresses that this module answers.

/** What no token opens, whoever it belongs to: who holds a stolen token must not get at the account, nor make more tokens. */
const BROWSERS_ONLY = /^\/(account|people|invitations?|sign-\w+|password-reset|confirmation|unlock)(\/|$)/i;

/** Whether an address is for people at a browser: no token is taken there. */
export function isForBrowsers(path: string): boolean {
  return BROWSERS_ONLY.test(path);
}

/** Whether a page there tells of people: their addresses, their sessions, what they did. */
export function isAboutPeople(path: string): boolean {
  return /^\/(account|people|invitations?|changes)(\/|$)/i.test(path);
}

/** Whether what comes there is what a device says of a passkey: JSON of its own, no form, which the route reads itself. */
export function isOfDevices(path: string): boolean {
  return /^\/(sign-in\/passkey|account\/passkeys)$/.test(path);
}
