import pg from 'pg';

/** One statement on a server, on a connection of its own. */
export async function statement(server: string, sql: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query(sql);
  await client.end();
}
