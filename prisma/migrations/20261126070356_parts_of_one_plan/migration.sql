-- A connection joins two parts of its own plan, and an entry calls parts of its own plan. Until now only the program saw to that.
-- What breaks it can be no part of any bill, so it goes.
DELETE FROM "connections" c USING "parts" p
WHERE p."id" IN (c."from_part_id", c."to_part_id") AND p."plan_id" <> c."plan_id";
DELETE FROM "entry_parts" x USING "entries" e, "parts" p
WHERE e."id" = x."entry_id" AND p."id" = x."part_id" AND p."plan_id" <> e."plan_id";

-- DropForeignKey
ALTER TABLE "connections" DROP CONSTRAINT "connections_from_part_id_fkey";
ALTER TABLE "connections" DROP CONSTRAINT "connections_to_part_id_fkey";
ALTER TABLE "entry_parts" DROP CONSTRAINT "entry_parts_entry_id_fkey";
ALTER TABLE "entry_parts" DROP CONSTRAINT "entry_parts_part_id_fkey";

-- AlterTable
ALTER TABLE "entry_parts" ADD COLUMN     "plan_id" INTEGER;
UPDATE "entry_parts" x SET "plan_id" = e."plan_id" FROM "entries" e WHERE e."id" = x."entry_id";
ALTER TABLE "entry_parts" ALTER COLUMN "plan_id" SET NOT NULL;

-- The new indexes begin with the plan, as the old ones did.
DROP INDEX "entries_plan_id_idx";
DROP INDEX "parts_plan_id_idx";
CREATE UNIQUE INDEX "entries_plan_id_id_key" ON "entries"("plan_id", "id");
CREATE UNIQUE INDEX "parts_plan_id_id_key" ON "parts"("plan_id", "id");

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_plan_id_from_part_id_fkey" FOREIGN KEY ("plan_id", "from_part_id") REFERENCES "parts"("plan_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "connections" ADD CONSTRAINT "connections_plan_id_to_part_id_fkey" FOREIGN KEY ("plan_id", "to_part_id") REFERENCES "parts"("plan_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "entry_parts" ADD CONSTRAINT "entry_parts_plan_id_entry_id_fkey" FOREIGN KEY ("plan_id", "entry_id") REFERENCES "entries"("plan_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "entry_parts" ADD CONSTRAINT "entry_parts_plan_id_part_id_fkey" FOREIGN KEY ("plan_id", "part_id") REFERENCES "parts"("plan_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
