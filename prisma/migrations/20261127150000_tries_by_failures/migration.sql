-- What is locked is told by the number of failures, and since when by the last of them.
ALTER TABLE "tries" DROP COLUMN "locked_at";
