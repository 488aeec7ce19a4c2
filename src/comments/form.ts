import { z } from 'zod';
import { text } from '../web/form.js';

export const commentForm = z.object({ body: text('Comment', { max: 5_000, required: true }) });

export type CommentInput = z.infer<typeof commentForm>;

/** A record as the form shows it. */
export function commentValues({ body }: CommentInput): Record<string, string> {
  return { body };
}
