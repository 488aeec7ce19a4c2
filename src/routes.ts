import { type Express, json, type RequestHandler } from 'express';
import * as account from './auth/account/controller.js';
import { allowedTo, identifyAgain, readers, signedIn } from './auth/auth.js';
import * as doors from './auth/doors/controller.js';
import * as links from './auth/links/controller.js';
import * as passkeys from './auth/passkeys/controller.js';
import * as people from './auth/people/controller.js';
import * as providers from './auth/providers/controller.js';
import * as secondFactor from './auth/second-factor/controller.js';
import * as tokens from './auth/tokens/controller.js';
import * as changes from './changes/controller.js';
import * as comments from './comments/controller.js';
import * as comparison from './comparison/controller.js';
import * as connections from './connections/controller.js';
import * as deletions from './deletions/controller.js';
import * as entries from './entries/controller.js';
import * as extraCosts from './extra-costs/controller.js';
import * as home from './home/controller.js';
import * as imports from './imports/controller.js';
import * as machineTypes from './machine-types/controller.js';
import * as openapi from './openapi/controller.js';
import { knownFields } from './openapi/known-fields.js';
import * as parts from './parts/controller.js';
import * as plans from './plans/controller.js';
import * as systems from './systems/controller.js';
import { idIn } from './web/addresses.js';
import { limitFailures, limitPosts, limitWrites } from './web/rate-limit.js';

/** What a device says of its passkey comes from a script; everything else is a form's. */
const asJson = json({ limit: '50kb' });

/**
 * Every address there is and what answers it, read downward as walls: what stands above a wall needs nothing of it.
 * (`/healthz` alone stands in app.ts, ahead of https and sessions.) A verb is a noun here: deleting a plan posts its deletion.
 */
export function drawRoutes(app: Express): void {
  // A segment without a number is somebody else's address: /plans/new is not the plan "new".
  for (const id of [
    'systemId',
    'planId',
    'partId',
    'connectionId',
    'entryId',
    'costId',
    'machineTypeId',
    'importId',
    'personId',
    'changeId',
    'commentId',
  ]) {
    app.param(id, (_req, _res, next, segment) => next(idIn(String(segment)) === null ? 'route' : undefined));
  }

  // ---- everybody
  app.get('/', home.show);
  app.get('/sign-in', doors.signInPage);
  app.post('/sign-in', limitFailures(50, 15), doors.createSession);
  app.post('/sign-in/with/:provider', limitPosts(100, 15), providers.goToProvider);
  app.get('/sign-in/with/:provider/callback', providers.comeBack);
  app.get('/sign-in/code', secondFactor.codePage);
  app.post('/sign-in/code', limitFailures(50, 15), secondFactor.enterWithCode);
  app.post('/sign-in/passkey/challenge', limitPosts(200, 15), passkeys.createSignInChallenge);
  app.post('/sign-in/passkey', limitFailures(20, 15), asJson, passkeys.enterWithPasskey);
  app.get('/sign-up', doors.signUpPage);
  app.post('/sign-up', limitPosts(40, 15), doors.create);
  app.get('/password-reset/new', links.newReset);
  app.post('/password-reset/new', limitPosts(20, 15), links.createReset);
  app.get('/password-reset', links.resetPage);
  app.post('/password-reset', links.reset);
  app.get('/confirmation', links.confirmationPage);
  app.post('/confirmation', links.confirm);
  app.get('/unlock', links.unlockPage);
  app.post('/unlock', links.unlock);
  app.get('/invitation', links.invitationPage);
  app.post('/invitation', links.accept);

  // ---- people who are signed in, and visitors where PUBLIC_READ says so
  app.use(readers);
  app.get('/systems', systems.index);
  app.get('/systems/:systemId', systems.show);
  app.get('/plans', plans.index);
  app.get('/plans/:planId', plans.show);
  app.get('/plans/:planId/plan.json', plans.exportJson);
  app.get('/plans/:planId/diagram.svg', plans.diagramSvg);
  app.get('/plans/:planId/machines.svg', plans.machinesSvg);
  app.get('/comparison', comparison.show);
  app.get('/schemas/plan.json', imports.schema);
  app.get('/openapi.json', openapi.show);

  app.get('/plans/:planId/parts', parts.index);
  app.get('/parts/:partId', parts.show);
  app.get('/plans/:planId/connections', connections.index);
  app.get('/connections/:connectionId', connections.show);
  app.get('/plans/:planId/entries', entries.index);
  app.get('/entries/:entryId', entries.show);
  app.get('/plans/:planId/extra-costs', extraCosts.index);
  app.get('/extra-costs/:costId', extraCosts.show);
  app.get('/machine-types', machineTypes.index);
  app.get('/machine-types/:machineTypeId', machineTypes.show);
  app.get('/systems/:systemId/comments', comments.index);
  app.get('/plans/:planId/comments', comments.index);
  app.get('/comments/:commentId', comments.show);

  // ---- people who are signed in
  app.use(signedIn);
  app.post('/sign-out', doors.destroySession);
  app.get('/deletions', deletions.index);
  app.get('/plans/:planId/source', plans.source);
  app.get('/account', account.show);
  app.get('/account/name', account.editName);
  app.post('/account/name', account.updateName);
  app.get('/account/address', account.editAddress);
  app.post('/account/address', limitPosts(20, 15), account.updateAddress);
  app.post('/account/address/withdrawal', account.withdrawAddress);
  app.get('/account/password', account.editPassword);
  app.post('/account/password', limitFailures(20, 15), account.updatePassword);
  app.get('/account/sessions', account.sessions);
  app.post('/account/sessions', account.endSessions);
  app.get('/account/identities', providers.identities);
  app.post('/account/identities/deletion', providers.unlink);
  app.post('/account/identities/:provider', limitFailures(20, 15), providers.goAndLink);
  app.get('/account/second-factor', secondFactor.show);
  app.post('/account/second-factor', limitFailures(20, 15), secondFactor.begin);
  app.get('/account/second-factor/confirmation', formAt('/account/second-factor'));
  app.get('/account/second-factor/deletion', formAt('/account/second-factor'));
  app.get('/account/second-factor/recovery-codes', secondFactor.recoveryCodes);
  app.post('/account/second-factor/confirmation', secondFactor.confirm);
  app.post('/account/second-factor/recovery-codes', limitFailures(20, 15), secondFactor.createRecoveryCodes);
  app.post('/account/second-factor/deletion', limitFailures(20, 15), secondFactor.destroy);
  app.get('/account/passkeys', passkeys.index);
  app.post('/account/passkeys', asJson, identifyAgain, passkeys.create);
  app.post('/account/passkeys/challenge', limitFailures(20, 15), passkeys.createChallenge);
  app.post('/account/passkeys/deletion', passkeys.destroy);
  app.get('/account/tokens', tokens.index);
  app.post('/account/tokens', limitFailures(20, 15), tokens.create);
  app.post('/account/tokens/revocation', tokens.revoke);
  app.get('/account/deletion', account.confirmLeaving);
  app.post('/account/deletion', limitFailures(20, 15), account.leaveForGood);

  // ---- people who may comment; a comment is its author's, to take back an admin's as well, which its actions see to
  const commenters = behind(app, allowedTo('comment'), limitWrites(200, 15));
  commenters.post('/systems/:systemId/comments', comments.create);
  commenters.post('/plans/:planId/comments', comments.create);
  commenters.get('/comments/:commentId/edit', comments.editForm);
  commenters.post('/comments/:commentId', comments.update);
  commenters.get('/comments/:commentId/deletion', comments.confirmDeletion);
  commenters.post('/comments/:commentId/deletion', comments.destroy);
  commenters.post('/comments/:commentId/restoration', comments.restore);

  // ---- editors
  const editors = behind(app, allowedTo('edit'));
  editors.get('/systems/new', systems.newForm);
  editors.post('/systems', systems.create);
  editors.get('/systems/:systemId/edit', systems.editForm);
  editors.post('/systems/:systemId', systems.update);
  editors.get('/systems/:systemId/deletion', systems.confirmDeletion);
  editors.post('/systems/:systemId/deletion', systems.destroy);
  editors.post('/systems/:systemId/restoration', systems.restore);

  editors.get('/systems/:systemId/plans/new', plans.newForm);
  editors.post('/systems/:systemId/plans', plans.create);
  editors.get('/plans/:planId/edit', plans.editForm);
  editors.post('/plans/:planId', plans.update);
  editors.post('/plans/:planId/copies', plans.copy);
  editors.get('/plans/:planId/deletion', plans.confirmDeletion);
  editors.post('/plans/:planId/deletion', plans.destroy);
  editors.post('/plans/:planId/restoration', plans.restore);

  editors.get('/plans/:planId/parts/new', parts.newForm);
  editors.post('/plans/:planId/parts', parts.create);
  editors.get('/parts/:partId/edit', parts.editForm);
  editors.post('/parts/:partId', parts.update);
  editors.get('/parts/:partId/deletion', parts.confirmDeletion);
  editors.post('/parts/:partId/deletion', parts.destroy);
  editors.post('/parts/:partId/restoration', parts.restore);

  editors.get('/plans/:planId/connections/new', connections.newForm);
  editors.post('/plans/:planId/connections', connections.create);
  editors.get('/connections/:connectionId/edit', connections.editForm);
  editors.post('/connections/:connectionId', connections.update);
  editors.get('/connections/:connectionId/deletion', connections.confirmDeletion);
  editors.post('/connections/:connectionId/deletion', connections.destroy);
  editors.post('/connections/:connectionId/restoration', connections.restore);

  editors.get('/plans/:planId/entries/new', entries.newForm);
  editors.post('/plans/:planId/entries', entries.create);
  editors.get('/entries/:entryId/edit', entries.editForm);
  editors.post('/entries/:entryId', entries.update);
  editors.get('/entries/:entryId/deletion', entries.confirmDeletion);
  editors.post('/entries/:entryId/deletion', entries.destroy);
  editors.post('/entries/:entryId/restoration', entries.restore);

  editors.get('/plans/:planId/extra-costs/new', extraCosts.newForm);
  editors.post('/plans/:planId/extra-costs', extraCosts.create);
  editors.get('/extra-costs/:costId/edit', extraCosts.editForm);
  editors.post('/extra-costs/:costId', extraCosts.update);
  editors.get('/extra-costs/:costId/deletion', extraCosts.confirmDeletion);
  editors.post('/extra-costs/:costId/deletion', extraCosts.destroy);
  editors.post('/extra-costs/:costId/restoration', extraCosts.restore);

  editors.get('/imports/new', imports.newForm);
  editors.post('/imports', imports.create);
  editors.get('/imports/:importId', imports.show);
  editors.post('/plans/:planId/source', imports.updateSource);
  editors.post('/imports/:importId/plans', imports.createPlan);
  editors.post('/imports/:importId/plans/:planId', imports.updatePlan);

  // Forms are sent to these, and what is wrong in them is shown there: who opens the address again is led to the form.
  editors.get('/systems/:systemId/plans', formAt('/systems/:systemId/plans/new'));
  editors.get('/plans/:planId/copies', formAt('/plans/:planId'));
  editors.get('/imports', formAt('/imports/new'));
  editors.get('/imports/:importId/plans', formAt('/imports/:importId'));
  editors.get('/imports/:importId/plans/:planId', formAt('/imports/:importId?plan=:planId'));

  // ---- admins
  const admins = behind(app, allowedTo('administer'));
  admins.get('/people', people.index);
  admins.get('/people/:personId', people.show);
  admins.get('/people/:personId/role', formAt('/people/:personId'));
  admins.post('/people/:personId/role', people.updateRole);
  admins.post('/people/:personId/unlocking', people.unlock);
  admins.get('/people/:personId/deletion', people.confirmRemoval);
  admins.post('/people/:personId/deletion', people.remove);
  admins.get('/people/:personId/password-reset', formAt('/people/:personId'));
  admins.post('/people/:personId/password-reset', people.createReset);
  admins.post('/people/:personId/second-factor-deletion', secondFactor.destroyOfPerson);
  admins.get('/invitations/new', people.newInvitation);
  admins.get('/invitations', formAt('/invitations/new'));
  admins.post('/invitations', people.createInvitation);
  admins.post('/invitations/withdrawal', people.withdraw);
  admins.get('/changes', changes.index);
  admins.get('/changes/:changeId', changes.show);

  admins.get('/machine-types/new', machineTypes.newForm);
  admins.post('/machine-types', machineTypes.create);
  admins.get('/machine-types/:machineTypeId/edit', machineTypes.editForm);
  admins.post('/machine-types/:machineTypeId', machineTypes.update);
  admins.get('/machine-types/:machineTypeId/deletion', machineTypes.confirmDeletion);
  admins.post('/machine-types/:machineTypeId/deletion', machineTypes.destroy);
  admins.post('/machine-types/:machineTypeId/restoration', machineTypes.restore);
}

/** Leads to the page of a form; the ids in its address are those of this one. */
function formAt(path: string): RequestHandler {
  return (req, res) =>
    res.redirect(
      303,
      path.replace(/:(\w+)/g, (_all, name) => String(req.params[name])),
    );
}

/** Routes that stand behind a wall of their own; behind it a program is told which fields are none. */
function behind(app: Express, wall: RequestHandler, ...limits: RequestHandler[]) {
  return {
    get: (path: string, action: RequestHandler) => app.get(path, wall, action),
    post: (path: string, action: RequestHandler) => app.post(path, wall, ...limits, knownFields, action),
  };
}
