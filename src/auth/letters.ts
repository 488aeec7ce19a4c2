import type { Letter } from '../web/mail.js';

// What the auth module writes to people. Links begin with the setting APP_URL, never with what a request said.

/**
 * A letter with a link. The name is null where the letter goes to an address that nobody has shown to be theirs: anybody can type a name with it,
 * which must not be sent to strangers.
 */
export type LinkLetter = (name: string | null, link: string) => Letter;

const hello = (name: string | null) => (name === null ? 'Hello,' : `Hello ${name},`);

export const confirmationLetter: LinkLetter = (name, link) => ({
  subject: 'Confirm your address for Moving Parts',
  text: `${hello(name)}\n\nopen this link to confirm that this is your address:\n\n${link}\n\nIt is good for three days. If you did not ask for it, let it be.\n`,
});

/** To the address that is to be the account's instead of `old`: whoever opens it by mistake would give theirs away. */
export const newAddressLetter =
  (old: string): LinkLetter =>
  (name, link) => ({
    subject: 'Confirm your new address for Moving Parts',
    text: `${hello(name)}\n\nthe account in Moving Parts that has the address ${old} is to have this one instead. If that account is yours, open this link:\n\n${link}\n\nIt is good for three days. If it is not yours, let it be: by this link they would get your address.\n`,
  });

export const addressTaken: LinkLetter = (name, link) => ({
  subject: 'You have an account in Moving Parts already',
  text: `${hello(name)}\n\nsomebody, you perhaps, signed up for Moving Parts with this address, or asked for it in the place of another. It has an account already; sign in, or choose a new password here:\n\n${link}\n`,
});

export const resetLetter: LinkLetter = (name, link) => ({
  subject: 'Choose a new password for Moving Parts',
  text: `${hello(name)}\n\nopen this link to choose a new password:\n\n${link}\n\nIt is good once, for one hour. If you did not ask for it, let it be: nothing has changed.\n`,
});

export const passwordChanged = (name: string): Letter => ({
  subject: 'Your password for Moving Parts was changed',
  text: `Hello ${name},\n\nyour password for Moving Parts was just changed, and your other sessions were signed out. If that was not you, ask for a new password at once, and tell an admin. Look through your passkeys, your linked providers, your tokens and what you handed out as well: they stay unless you had them taken away.\n`,
});

export const addressAsked = (name: string, to: string): Letter => ({
  subject: 'A new address was asked for in Moving Parts',
  text: `Hello ${name},\n\nsomebody who is signed in as you asked for the address ${to} in the place of this one. It is theirs once the link in the mail to it is opened. If that was not you, choose a new password now, which stops it, and tell an admin.\n`,
});

export const roleChanged = (name: string, role: string): Letter => ({
  subject: 'Your role in Moving Parts was changed',
  text: `Hello ${name},\n\nan admin of Moving Parts made you ${role}. You were signed out everywhere: sign in again. Your tokens go on, and may what your new role may.\n`,
});

export const accountRemoved = (name: string): Letter => ({
  subject: 'Your account in Moving Parts was removed',
  text: `Hello ${name},\n\nan admin of Moving Parts removed your account: nothing signs you in there any more. What you recorded and said stays. If that should not be, ask them for an invitation.\n`,
});

export const tokenMade = (name: string, token: string, scope: 'read' | 'write'): Letter => ({
  subject: 'A token was made for your account in Moving Parts',
  text: `Hello ${name},\n\na token with the name “${token}” was just made: a program that has it may ${scope === 'read' ? 'read here what you may read' : 'do here what you may'}. If that was not you, revoke it on the page of your tokens, choose a new password, and tell an admin.\n`,
});

export const secondFactorOn = (name: string): Letter => ({
  subject: 'A second factor was turned on for your account in Moving Parts',
  text: `Hello ${name},\n\nfrom now on signing in with your password also asks for the code of an app. If that was not you, tell an admin, who can turn it off, and choose a new password.\n`,
});

export const resetHandedOut = (name: string): Letter => ({
  subject: 'A link to choose a new password for Moving Parts was made',
  text: `Hello ${name},\n\nan admin of Moving Parts made a link by which a new password for your account can be chosen, within an hour. If you did not ask them for it, ask why.\n`,
});

export const addressChanged = (name: string, to: string): Letter => ({
  subject: 'Your address for Moving Parts was changed',
  text: `Hello ${name},\n\nyour account in Moving Parts now has the address ${to}; this one gets no more mail. If that was not you, tell an admin at once.\n`,
});

export const lockedLetter: LinkLetter = (name, link) => ({
  subject: 'Your account in Moving Parts is locked',
  text: `${hello(name)}\n\nsomebody tried too many wrong passwords for your account, so it lets nobody in by password for a day. If that was you, open this link and try again:\n\n${link}\n\nIf it was not, there is nothing to do: they did not get in.\n`,
});

/** `by` is what they had shown first: the password, or a provider's name. */
export const codeLocked =
  (by: string): LinkLetter =>
  (name, link) => {
    const [shown, advice] =
      by === 'password'
        ? ['password', 'they know your password: choose a new one']
        : [`account at ${by}`, `they have your account at ${by}: see to it there`];
    return {
      subject: 'Your account in Moving Parts is locked',
      text: `${hello(name)}\n\nsomebody signed in with your ${shown} and then typed too many wrong codes, so your account lets nobody in by code for a day. If that was you, open this link and try again:\n\n${link}\n\nIf it was not, ${advice}. They did not get in.\n`,
    };
  };

export const secondFactorOff = (name: string): Letter => ({
  subject: 'Your second factor for Moving Parts was turned off',
  text: `Hello ${name},\n\nsigning in to Moving Parts asks you for your password alone from now on, and your other sessions were signed out. If that was neither you nor an admin whom you asked, choose a new password at once, and tell an admin.\n`,
});

export const passkeyAdded = (name: string): Letter => ({
  subject: 'A passkey was added to your account in Moving Parts',
  text: `Hello ${name},\n\nfrom now on a passkey that was just made signs in to your account in Moving Parts. If that was not you, remove it in your account, choose a new password, and tell an admin.\n`,
});

export const passkeyRemoved = (name: string): Letter => ({
  subject: 'A passkey was removed from your account in Moving Parts',
  text: `Hello ${name},\n\na passkey of yours signs in to Moving Parts no more. If that was not you, choose a new password, which signs your other sessions out, and tell an admin.\n`,
});

export const recoveryCodesRenewed = (name: string): Letter => ({
  subject: 'Your recovery codes for Moving Parts were made anew',
  text: `Hello ${name},\n\nyour account in Moving Parts has new recovery codes, and those before are good no more. If that was not you, choose a new password, make the codes anew, and tell an admin.\n`,
});

export const accountDeleted = (name: string): Letter => ({
  subject: 'Your account in Moving Parts is deleted',
  text: `Hello ${name},\n\nyour account in Moving Parts was just deleted, by somebody who was signed in as you: nothing signs you in there any more. What you recorded and said stays. If that was not you, tell an admin, and ask them for an invitation.\n`,
});

export const invitationLetter = (by: string, link: string): Letter => ({
  subject: `${by} invites you to Moving Parts`,
  text: `Hello,\n\n${by} invites you to Moving Parts, where your team records what it runs. Open this link to make your account:\n\n${link}\n\nIt is good for a week.\n`,
});

export const providerLinked = (name: string, provider: string): Letter => ({
  subject: `You can sign in to Moving Parts through ${provider} now`,
  text: `Hello ${name},\n\nyour account in Moving Parts was just linked to an account at ${provider}, which signs you in from now on. If that was not you, sign in, take the link away on the page of your account, change your password, and tell an admin.\n`,
});

export const providerUnlinked = (name: string, provider: string): Letter => ({
  subject: `You can sign in to Moving Parts through ${provider} no more`,
  text: `Hello ${name},\n\nthe link between your account in Moving Parts and an account at ${provider} was just taken away. If that was not you, choose a new password, which signs your other sessions out, and tell an admin.\n`,
});
