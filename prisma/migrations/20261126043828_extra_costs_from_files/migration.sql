














-- AlterTable
ALTER TABLE "extra_costs" ADD COLUMN     "from_file" BOOLEAN NOT NULL DEFAULT false;
