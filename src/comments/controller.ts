import type { Request, Response } from 'express';
import { authorOf, personOf } from '../auth/auth.js';
import { isOwnOrAdmin } from '../auth/roles.js';
import { requestedPlan } from '../plans/requested.js';
import { findSystem } from '../systems/queries.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found, HttpError } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page, wantsJson } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { commentForm, commentValues } from './form.js';
import * as comments from './queries.js';

export async function index(req: Request, res: Response) {
  const holder = await holderOf(req);
  const list = readList(req, comments.commentsList);
  const rows = await comments.listComments(holder, list, isForPerson(req));
  const title = `Discussion of ${(holder.plan ?? holder.system).name}`;
  answerList(
    req,
    res,
    'comments/index',
    { title, ...holder, list },
    rows,
    {
      id: (comment) => comment.id,
      author: (comment) => comment.author?.name ?? null,
      comment: (comment) => comment.body,
      edited: (comment) => comment.isEdited,
      written: (comment) => comment.createdAt.toISOString(),
      updated: (comment) => comment.updatedAt.toISOString(),
    },
    { here: addressOfHolder(holder) },
  );
}

export async function show(req: Request, res: Response) {
  const comment = await commentOf(req);
  const onlyHtml = { here: addressOfHolder(comment) };
  page(req, res, 'comments/show', { title: comment.name, comment }, { onlyHtml });
}

export async function create(req: Request, res: Response) {
  const holder = await holderOf(req);
  const read = readForm(commentForm, req.body);
  if (!read.ok) return showForm(req, res, holder, null, read.form);
  const saved = await comments.createComment(authorOf(req), holder, read.data);
  if (!saved.ok) return showForm(req, res, holder, null, refused(saved, req.body, {}));
  // A person reads on in the discussion; a program is told where the record is, as of every record.
  const next = wantsJson(req) ? addressOf('comments', saved.record) : inPlace({ ...holder, ...saved.record });
  sendOn(res, next, 'Your comment is written.');
}

export async function editForm(req: Request, res: Response) {
  const comment = await ownCommentOf(req);
  showForm(req, res, comment, comment, { values: commentValues(comment), errors: {} });
}

export async function update(req: Request, res: Response) {
  const comment = await ownCommentOf(req);
  const read = readForm(commentForm, req.body);
  if (!read.ok) return showForm(req, res, comment, comment, read.form);
  const saved = await comments.updateComment(authorOf(req), comment, versionIn(req.body), read.data);
  if (!saved.ok)
    return showForm(req, res, comment, comment, refused(saved, req.body, commentValues(comment)));
  sendOn(res, addressOf('comments', saved.record), 'Your comment is saved.');
}

export async function confirmDeletion(req: Request, res: Response) {
  const comment = await takenBackOf(req);
  page(req, res, 'comments/deletion', { title: 'Delete this comment?', comment });
}

export async function destroy(req: Request, res: Response) {
  const comment = await takenBackOf(req);
  await comments.deleteComment(authorOf(req), comment);
  const undo = { action: `/comments/${comment.id}/restoration`, label: 'Undo' };
  sendOn(res, `${addressOfHolder(comment)}#discussion`, { message: 'The comment is deleted.', undo });
}

export async function restore(req: Request, res: Response) {
  const id = idOf(req, 'commentId');
  const deleted = found(await comments.findDeletedComment(id), 'deleted comment');
  refuseUnless(
    isOwnOrAdmin(personOf(req), deleted.deletedById),
    'Only who deleted it, or an admin, brings it back.',
  );
  const saved = await comments.restoreComment(authorOf(req), id);
  if (!saved.ok) throw new HttpError(422, 'It cannot be restored as things are now.');
  sendOn(res, addressOf('comments', saved.record), 'The comment is back.');
}

/** What `:planId` or `:systemId` in the address names. */
async function holderOf(req: Request): Promise<comments.Holder> {
  if ('planId' in req.params) {
    const { id, name, system } = await requestedPlan(req);
    return { system, plan: { id, name } };
  }
  const { id, name } = found(await findSystem(idOf(req, 'systemId')), 'system');
  return { system: { id, name }, plan: null };
}

async function commentOf(req: Request): Promise<comments.CommentRecord> {
  return found(await comments.findComment(idOf(req, 'commentId'), isForPerson(req)), 'comment');
}

async function ownCommentOf(req: Request): Promise<comments.CommentRecord> {
  const comment = await commentOf(req);
  refuseUnless(
    comment.author?.id === personOf(req).id,
    'This is somebody else’s comment. Only they change it.',
  );
  return comment;
}

async function takenBackOf(req: Request): Promise<comments.CommentRecord> {
  const comment = await commentOf(req);
  refuseUnless(
    isOwnOrAdmin(personOf(req), comment.author?.id ?? null),
    'This is somebody else’s comment. They or an admin delete it.',
  );
  return comment;
}

function refuseUnless(isAllowed: boolean, why: string): void {
  if (!isAllowed) throw new HttpError(403, why);
}

/** Visitors read what is said, not who said it. */
function isForPerson(req: Request): boolean {
  return req.user !== undefined;
}

function addressOfHolder({ system, plan }: comments.Holder): string {
  return plan ? addressOf('plans', plan) : addressOf('systems', system);
}

/** Where a comment stands on the page of what it is about. */
function inPlace(comment: comments.Holder & { id: number }): string {
  return `${addressOfHolder(comment)}#comment-${comment.id}`;
}

function showForm(
  req: Request,
  res: Response,
  { system, plan }: comments.Holder,
  comment: comments.CommentRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = comment ? 'Edit your comment' : `Comment on ${(plan ?? system).name}`;
  const onlyHtml = { here: addressOfHolder({ system, plan }) };
  const view = comment ? 'comments/edit' : 'comments/new';
  page(req, res, view, { title, system, plan, comment, form }, { status, onlyHtml });
}
