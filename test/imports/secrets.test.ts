import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/imports/secrets.js';

describe('what looks like a secret is masked', () => {
  test.each([
    ['a line of an .env', 'DB_PASSWORD=hunter2, and more', 'DB_PASSWORD=••••'],
    ['an exported one, quoted', 'export API_KEY="hunter2"', 'export API_KEY="••••"'],
    ['a quoted pair in a list', '  - "POSTGRES_PASSWORD=hunter2"', '  - "POSTGRES_PASSWORD=••••"'],
    ['YAML', '      mysql_pwd: hunter2', '      mysql_pwd: ••••'],
    ['YAML, quoted', "secretKey: 'hunter2'", "secretKey: '••••'"],
    [
      'JSON on one line',
      '{"token":"hun\\"ter2","a":1,"credential": 5, "b": 2}',
      '{"token":"••••","a":1,"credential": ••••, "b": 2}',
    ],
    ['a list', '"tokens": ["hunter2", "hunter3"], "b": 2', '"tokens": ••••, "b": 2'],
    ['a variable of app.json', '"SECRET_KEY": {"value": "hunter2"}', '"SECRET_KEY": {"value": "••••"}'],
    ['a name with its value', '- name: DB_PASSWORD\n  value: hunter2', '- name: DB_PASSWORD\n  value: ••••'],
    ['a block', 'password: |\n  hunter2\n  hunter3\nuser: me', 'password: |\n  ••••\n  ••••\nuser: me'],
    ['a brace', 'PASSWORD={hunter2}', 'PASSWORD=••••'],
    ['a default', 'PASSWORD: ${PASSWORD:-hunter2}', 'PASSWORD: ••••'],
    ['an address', 'url: amqp://me:hunter2@queue:5672/x', 'url: amqp://me:••••@queue:5672/x'],
    ['an address without a user', 'redis://:hunt@er2@cache', 'redis://:••••@cache'],
    [
      'a private key',
      'a: 1\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb: 2',
      'a: 1\n-----BEGIN RSA PRIVATE KEY-----••••\n••••\n••••\nb: 2',
    ],
    [
      'a Secret of Kubernetes, and no document beside it',
      'kind: Secret\ndata:\n  url: aHVudGVyMg==\n---\nkind: ConfigMap\ndata:\n  url: shop\n',
      'kind: Secret\ndata:\n  url: ••••\n---\nkind: ConfigMap\ndata:\n  url: shop\n',
    ],
  ])('%s', (_, text, masked) => {
    expect(withoutSecrets(text)).toBe(masked);
  });
});

test.each([
  'services:\n  web:\n    image: acme/secret-service:1.4\n    ports: ["80:8080"]\n',
  'PASSWORD: ${DB_PASSWORD}\n',
  'url: http://shop:80/a@b\n',
  'web: bundle exec puma -p $PORT\n',
])('what is none stays: %j', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test.each(['a', 'a":', 'password": {', 'a:', '://a:', '"', 'name: ', 'secret ', 'a="\\', ' \t', '://'])(
  'a long line of %j takes no time to speak of',
  (piece) => {
    const before = performance.now();
    withoutSecrets(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - before).toBeLessThan(3000);
  },
);
