-- The line of an invitation is about who was invited, and said of who invited that they were.
UPDATE "changes" SET "action" = 'invited' WHERE "action" = 'was invited';
