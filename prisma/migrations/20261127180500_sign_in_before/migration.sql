-- Who looks at their account has just come in: what would show them that somebody else did is the sign-in before.
ALTER TABLE "users" ADD COLUMN "previous_sign_in_at" TIMESTAMPTZ(3),
ADD COLUMN "previous_sign_in_from" TEXT NOT NULL DEFAULT '';
