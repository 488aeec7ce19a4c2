-- Who left is a viewer, and the row that holds on to one admin points at somebody who can come in, as far as there is one.
UPDATE "admin_kept" SET "user_id" = other."id"
FROM (SELECT "id" FROM "users" WHERE "role" = 'admin' AND "left_at" IS NULL AND "confirmed_at" IS NOT NULL ORDER BY "id" LIMIT 1) AS other
WHERE "user_id" IN (SELECT "id" FROM "users" WHERE "left_at" IS NOT NULL OR "confirmed_at" IS NULL);
UPDATE "users" SET "role" = 'viewer' WHERE "left_at" IS NOT NULL AND "role" <> 'viewer' AND "id" NOT IN (SELECT "user_id" FROM "admin_kept");
-- Not checked of rows that stand: one that could not be mended above must not keep the app from starting.
ALTER TABLE "users" ADD CONSTRAINT "users_left_as_viewer" CHECK ("left_at" IS NULL OR "role" = 'viewer') NOT VALID;
