-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'editor', 'admin');

-- CreateEnum
CREATE TYPE "Lifecycle" AS ENUM ('experimental', 'production', 'deprecated', 'retired');

-- CreateEnum
CREATE TYPE "PlanStatus" AS ENUM ('draft', 'proposed', 'current', 'rejected', 'retired');

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'editor',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "user_id" INTEGER,
    "data" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "teams" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "systems" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "lifecycle" "Lifecycle" NOT NULL DEFAULT 'experimental',
    "description" TEXT NOT NULL DEFAULT '',
    "links" JSONB NOT NULL DEFAULT '[]',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "team_id" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "systems_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plans" (
    "id" SERIAL NOT NULL,
    "system_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "status" "PlanStatus" NOT NULL DEFAULT 'draft',
    "description" TEXT NOT NULL DEFAULT '',
    "machine_type_id" INTEGER,
    "import_id" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parts" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "replicas" INTEGER NOT NULL DEFAULT 1,
    "needed" INTEGER NOT NULL DEFAULT 1,
    "cpu_millicores" INTEGER,
    "memory_mib" DOUBLE PRECISION,
    "runs" TEXT NOT NULL DEFAULT 'machine',
    "per_machine" BOOLEAN NOT NULL DEFAULT false,
    "spread" BOOLEAN NOT NULL DEFAULT false,
    "availability" DOUBLE PRECISION,
    "availability_basis" TEXT NOT NULL DEFAULT '',
    "usd_per_month" DOUBLE PRECISION,
    "price_basis" TEXT NOT NULL DEFAULT '',
    "containers_per_replica" INTEGER NOT NULL DEFAULT 1,
    "repository_url" TEXT NOT NULL DEFAULT '',
    "runbook_url" TEXT NOT NULL DEFAULT '',
    "notes" TEXT NOT NULL DEFAULT '',
    "checked_on" DATE,
    "technology_id" INTEGER,
    "team_id" INTEGER,
    "from_file" BOOLEAN NOT NULL DEFAULT false,
    "set_by_hand" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "parts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "from_part_id" INTEGER NOT NULL,
    "to_part_id" INTEGER NOT NULL,
    "strength" TEXT NOT NULL DEFAULT 'hard',
    "origin" TEXT NOT NULL DEFAULT 'drawn',
    "evidence" TEXT NOT NULL DEFAULT '',
    "set_by_hand" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entries" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "from_file" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry_parts" (
    "entry_id" INTEGER NOT NULL,
    "part_id" INTEGER NOT NULL,

    CONSTRAINT "entry_parts_pkey" PRIMARY KEY ("entry_id","part_id")
);

-- CreateTable
CREATE TABLE "extra_costs" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "usd_per_month" DOUBLE PRECISION,
    "price_basis" TEXT NOT NULL DEFAULT '',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "extra_costs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "machine_types" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "provider" TEXT NOT NULL DEFAULT '',
    "cpu_millicores" INTEGER NOT NULL,
    "memory_mib" INTEGER NOT NULL,
    "reserve" TEXT NOT NULL DEFAULT 'none',
    "max_containers" INTEGER,
    "usd_per_month" DOUBLE PRECISION,
    "price_date" TEXT NOT NULL DEFAULT '',
    "price_source" TEXT NOT NULL DEFAULT '',
    "availability" DOUBLE PRECISION,
    "availability_basis" TEXT NOT NULL DEFAULT '',
    "notes" TEXT NOT NULL DEFAULT '',
    "book_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "machine_types_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_levels" (
    "id" SERIAL NOT NULL,
    "book_id" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "availability" DOUBLE PRECISION,
    "promised" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "as_of" TEXT NOT NULL,

    CONSTRAINT "service_levels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "imports" (
    "id" SERIAL NOT NULL,
    "files" JSONB NOT NULL,
    "options" JSONB NOT NULL DEFAULT '{}',
    "created_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "technologies" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "technologies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "changes" (
    "id" SERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "user_id" INTEGER,
    "action" TEXT NOT NULL,
    "noun" TEXT NOT NULL,
    "record_id" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "systems_team_id_idx" ON "systems"("team_id");

-- CreateIndex
CREATE INDEX "systems_by_tag" ON "systems" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "plans_system_id_idx" ON "plans"("system_id");

-- CreateIndex
CREATE INDEX "plans_machine_type_id_idx" ON "plans"("machine_type_id");

-- CreateIndex
CREATE INDEX "plans_import_id_idx" ON "plans"("import_id");

-- CreateIndex
CREATE INDEX "parts_plan_id_idx" ON "parts"("plan_id");

-- CreateIndex
CREATE INDEX "parts_technology_id_idx" ON "parts"("technology_id");

-- CreateIndex
CREATE INDEX "parts_team_id_idx" ON "parts"("team_id");

-- CreateIndex
CREATE INDEX "connections_plan_id_idx" ON "connections"("plan_id");

-- CreateIndex
CREATE INDEX "connections_from_part_id_idx" ON "connections"("from_part_id");

-- CreateIndex
CREATE INDEX "connections_to_part_id_idx" ON "connections"("to_part_id");

-- CreateIndex
CREATE INDEX "entries_plan_id_idx" ON "entries"("plan_id");

-- CreateIndex
CREATE INDEX "entry_parts_part_id_idx" ON "entry_parts"("part_id");

-- CreateIndex
CREATE INDEX "extra_costs_plan_id_idx" ON "extra_costs"("plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "machine_types_book_id_key" ON "machine_types"("book_id");

-- CreateIndex
CREATE UNIQUE INDEX "service_levels_book_id_key" ON "service_levels"("book_id");

-- CreateIndex
CREATE INDEX "imports_created_at_idx" ON "imports"("created_at");

-- CreateIndex
CREATE INDEX "changes_noun_record_id_idx" ON "changes"("noun", "record_id");

-- CreateIndex
CREATE INDEX "changes_at_idx" ON "changes"("at");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "systems" ADD CONSTRAINT "systems_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plans" ADD CONSTRAINT "plans_system_id_fkey" FOREIGN KEY ("system_id") REFERENCES "systems"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plans" ADD CONSTRAINT "plans_machine_type_id_fkey" FOREIGN KEY ("machine_type_id") REFERENCES "machine_types"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plans" ADD CONSTRAINT "plans_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parts" ADD CONSTRAINT "parts_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parts" ADD CONSTRAINT "parts_technology_id_fkey" FOREIGN KEY ("technology_id") REFERENCES "technologies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parts" ADD CONSTRAINT "parts_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_from_part_id_fkey" FOREIGN KEY ("from_part_id") REFERENCES "parts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_to_part_id_fkey" FOREIGN KEY ("to_part_id") REFERENCES "parts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry_parts" ADD CONSTRAINT "entry_parts_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry_parts" ADD CONSTRAINT "entry_parts_part_id_fkey" FOREIGN KEY ("part_id") REFERENCES "parts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extra_costs" ADD CONSTRAINT "extra_costs_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imports" ADD CONSTRAINT "imports_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What the Prisma schema cannot say.

-- A system has at most one current plan.
CREATE UNIQUE INDEX "plans_one_current" ON "plans"("system_id") WHERE "status" = 'current' AND "deleted_at" IS NULL;

-- Names are unique among what is not deleted. Those of people, teams and technologies are compared without case.
CREATE UNIQUE INDEX "users_email_key" ON "users"(lower("email"));
CREATE UNIQUE INDEX "teams_name_key" ON "teams"(lower("name"));
CREATE UNIQUE INDEX "technologies_name_key" ON "technologies"(lower("name"));
CREATE UNIQUE INDEX "systems_name_key" ON "systems"(lower("name")) WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "machine_types_name_key" ON "machine_types"(lower("name")) WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "plans_name_key" ON "plans"("system_id", lower("name")) WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "parts_name_key" ON "parts"("plan_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "entries_name_key" ON "entries"("plan_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "connections_pair_key" ON "connections"("from_part_id", "to_part_id") WHERE "deleted_at" IS NULL;

-- The lists page by key: each sort has its index.
CREATE INDEX "systems_by_name" ON "systems"(lower("name"), "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "systems_by_updated" ON "systems"("updated_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "systems_by_created" ON "systems"("created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "plans_by_name" ON "plans"(lower("name"), "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "plans_by_updated" ON "plans"("updated_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "parts_by_name" ON "parts"("plan_id", lower("name"), "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "connections_by_updated" ON "connections"("plan_id", "updated_at", "id") WHERE "deleted_at" IS NULL;

-- What is deleted is listed by when.
CREATE INDEX "systems_deleted" ON "systems"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "plans_deleted" ON "plans"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "parts_deleted" ON "parts"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "connections_deleted" ON "connections"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "entries_deleted" ON "entries"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "extra_costs_deleted" ON "extra_costs"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "machine_types_deleted" ON "machine_types"("deleted_at") WHERE "deleted_at" IS NOT NULL;

-- Numbers that cannot be.
ALTER TABLE "parts" ADD CONSTRAINT "parts_numbers" CHECK (
  "replicas" >= 0 AND "needed" >= 0 AND "containers_per_replica" >= 1
  AND ("cpu_millicores" IS NULL OR "cpu_millicores" >= 0) AND ("memory_mib" IS NULL OR "memory_mib" >= 0)
  AND ("availability" IS NULL OR "availability" BETWEEN 0 AND 1) AND ("usd_per_month" IS NULL OR "usd_per_month" >= 0)
);
ALTER TABLE "parts" ADD CONSTRAINT "parts_words" CHECK (
  "runs" IN ('machine', 'managed', 'external') AND "kind" IN ('web', 'service', 'worker', 'job', 'database', 'cache',
  'queue', 'load-balancer', 'cluster-control', 'platform', 'external')
);
ALTER TABLE "connections" ADD CONSTRAINT "connections_words" CHECK (
  "strength" IN ('hard', 'soft') AND "origin" IN ('stated', 'guessed', 'drawn') AND "from_part_id" <> "to_part_id"
);
ALTER TABLE "machine_types" ADD CONSTRAINT "machine_types_numbers" CHECK (
  "cpu_millicores" > 0 AND "memory_mib" > 0 AND "reserve" IN ('none', 'gke', 'eks')
  AND ("max_containers" IS NULL OR "max_containers" > 0) AND ("usd_per_month" IS NULL OR "usd_per_month" >= 0)
  AND ("availability" IS NULL OR "availability" BETWEEN 0 AND 1)
);
ALTER TABLE "extra_costs" ADD CONSTRAINT "extra_costs_numbers" CHECK ("usd_per_month" IS NULL OR "usd_per_month" >= 0);
