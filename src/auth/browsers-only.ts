/** What no token opens, whoever it belongs to: who holds a stolen token must not get at the account, nor make more tokens. */
const BROWSERS_ONLY = /^\/(account|people|invitations?|sign-\w+|password-reset|confirmation|unlock)(\/|$)/i;

/** Whether an address is for people at a browser: no token is taken there. */
export function isForBrowsers(path: string): boolean {
  return BROWSERS_ONLY.test(path);
}
