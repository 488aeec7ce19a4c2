-- AlterTable
ALTER TABLE "users" ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0;
