-- CreateTable
CREATE TABLE "comments" (
    "id" SERIAL NOT NULL,
    "system_id" INTEGER,
    "plan_id" INTEGER,
    "author_id" INTEGER,
    "body" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "comments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "comments_system_id_created_at_id_idx" ON "comments"("system_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "comments_plan_id_created_at_id_idx" ON "comments"("plan_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "comments_author_id_idx" ON "comments"("author_id");

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_system_id_fkey" FOREIGN KEY ("system_id") REFERENCES "systems"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A comment stands on one thing. Another kind of thing is one more column, and one more name here.
ALTER TABLE "comments" ADD CONSTRAINT "comments_one_holder" CHECK (num_nonnulls("system_id", "plan_id") = 1);

-- The list of what is deleted.
CREATE INDEX "comments_deleted" ON "comments"("deleted_at") WHERE "deleted_at" IS NOT NULL;
