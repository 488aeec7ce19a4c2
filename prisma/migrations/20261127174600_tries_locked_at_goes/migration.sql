-- Read and written no more since the release before: what is locked is told by its failures alone.
ALTER TABLE "tries" DROP COLUMN "locked_at";
