import { db } from '../../src/db/client.js';

/** 10,000 systems of 200 teams, a plan each, and one plan with the parts of the story. In SQL: it is not what is measured. */
export async function fill(systems: number): Promise<void> {
  await db.$executeRaw`INSERT INTO teams (name) SELECT 'Team ' || n FROM generate_series(1, 200) n`;
  await db.$executeRaw`INSERT INTO technologies (name) SELECT 'Technology ' || n FROM generate_series(1, 40) n`;
  await db.$executeRaw`
    INSERT INTO systems (name, lifecycle, description, tags, team_id, updated_at)
    SELECT 'System ' || lpad(md5(n::text), 8) || ' ' || n, (ARRAY['experimental', 'production', 'deprecated', 'retired'])[1 + n % 4]::"Lifecycle",
      'What it does, in a sentence or two, number ' || n, ARRAY['tag' || n % 30, 'tag' || n % 7], t.id, now() - n * interval '1 minute'
    FROM generate_series(1, ${systems}::int) n JOIN teams t ON t.name = 'Team ' || (1 + n % 200)`;
  await db.$executeRaw`INSERT INTO plans (system_id, name, status) SELECT id, 'As it runs today', 'current' FROM systems WHERE name LIKE 'System %'`;
  await db.$executeRaw`
    INSERT INTO parts (plan_id, name, kind, replicas, needed, cpu_millicores, memory_mib, availability, technology_id)
    SELECT p.id, part, kind, 2, 1, 250, 512, 0.9995, (SELECT id FROM technologies ORDER BY id LIMIT 1)
    FROM plans p JOIN systems s ON s.id = p.system_id AND s.name LIKE 'System %' CROSS JOIN (VALUES ('web', 'web'), ('db', 'database'), ('cache', 'cache')) AS kinds(part, kind)`;
  await db.$executeRaw`ANALYZE`;
}
