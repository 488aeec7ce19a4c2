export type Answer = { status: number; headers: Headers; text: string };

/** Somebody at a browser, far away: keeps cookies and sends the page's own token with what they post. */
export function visitorAt(origin: string, headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>();
  let token = '';
  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(origin + path, {
      redirect: 'manual',
      ...init,
      headers: { accept: 'text/html', ...headers, cookie: cookie() },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name) cookies.set(name, value ?? '');
    }
    const text = await response.text();
    token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? token;
    return { status: response.status, headers: response.headers, text };
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const form = (fields: Record<string, string>) => new URLSearchParams({ _csrf: token, ...fields });
  return {
    get: (path: string) => send(path),
    post: (path: string, fields: Record<string, string>) =>
      send(path, { method: 'POST', body: form(fields) }),
    cookie,
    form,
  };
}
