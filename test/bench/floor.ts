import { createServer } from 'node:http';
import pg from 'pg';

/**
 * The least that the list page can cost: node:http, one named statement, a string. No session, no template, no header worth the name.
 * What the app needs beyond this is the price of being an app.
 */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });

const LIST = {
  name: 'list',
  text: `SELECT s.id, s.name, s.lifecycle::text AS lifecycle, s.tags, t.name AS team, s.updated_at,
    (SELECT count(*)::int FROM plans p WHERE p.system_id = s.id AND p.deleted_at IS NULL) AS plans,
    (SELECT json_build_object('id', p.id, 'name', p.name) FROM plans p
      WHERE p.system_id = s.id AND p.status = 'current' AND p.deleted_at IS NULL) AS current
    FROM systems s LEFT JOIN teams t ON t.id = s.team_id
    WHERE s.deleted_at IS NULL ORDER BY lower(s.name), s.id LIMIT 26`,
};

type Row = {
  id: number;
  name: string;
  lifecycle: string;
  tags: string[];
  team: string | null;
  updated_at: Date;
  plans: number;
  current: { name: string } | null;
};

const server = createServer(async (_req, res) => {
  const { rows } = await pool.query<Row>(LIST);
  const body = rows
    .slice(0, 25)
    .map(
      (row) =>
        `<tr><th><a href="/systems/${row.id}">${escaped(row.name)}</a></th><td>${row.lifecycle}</td><td>${escaped(row.team ?? '')}</td><td>${escaped(row.current?.name ?? '')}</td><td>${row.plans}</td><td>${escaped(row.tags.join(' '))}</td><td>${row.updated_at.toISOString().slice(0, 10)}</td></tr>`,
    )
    .join('');
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.end(`<!doctype html><title>Systems</title><table>${body}</table>`);
});
server.listen(Number(process.env.PORT));

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
