import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/imports/secrets.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

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
    [
      'a text behind an anchor',
      'x-p: &p hunter2\nx-q: &q shown\na: *q\nDB_PASSWORD: *p',
      'x-p: &p ••••\nx-q: &q shown\na: *q\nDB_PASSWORD: ••••',
    ],
    ['a key of its own', '? DB_PASSWORD\n: hunter2\n? USER\n: me', '? DB_PASSWORD\n: ••••\n? USER\n: me'],
    ['one with a comment', '? DB_PASSWORD # c\n: hunter2', '? DB_PASSWORD # c\n: ••••'],
    [
      'a text in quotes that goes on no further in than its key',
      'DB_PASSWORD: "a\nhunter2"\nb: 1',
      'DB_PASSWORD: "••••"\n••••"\nb: 1',
    ],
    ['one of an .env', 'DB_PASSWORD="a\nhunter2"\nB=1', 'DB_PASSWORD="••••"\n••••"\nB=1'],
    ['JSON at one column', '{\n"DB_PASSWORD":\n"hunter2",\n"b": 1}', '{\n"DB_PASSWORD":\n"••••",\n"b": 1}'],
    ['a list that goes on', 'DB_PASSWORD: [a,\nhunter2,\nb]\nc: 1', 'DB_PASSWORD: ••••\n••••,\n••••\nc: 1'],
    ['a mapping that goes on', 'x: {DB_PASSWORD:\n hunter2}\nc: 1', 'x: {DB_PASSWORD:\n ••••\nc: 1'],
    [
      'a Secret with a tag, an anchor, the lines of an old Mac',
      'kind: !!str Secret\rstringData:\r  a: hunter2\r---\rkind: &k Secret\rstringData:\r  b: hunter2',
      'kind: !!str Secret\nstringData:\n  a: ••••\n---\nkind: &k Secret\nstringData:\n  b: ••••',
    ],
    [
      'a name with an anchor',
      '- name: &n DB_PASSWORD\n  value: hunter2',
      '- name: &n DB_PASSWORD\n  value: ••••',
    ],
    [
      'the second anchor of a line, and one whose value is below',
      'x: {a: &q 1, b: &p hunter2}\ny: &r\n  hunter2\nz: 1\nA_TOKEN: *p\nB_TOKEN: *r',
      'x: {a: &q 1, b: &p ••••\ny: &r\n  ••••\nz: 1\nA_TOKEN: ••••\nB_TOKEN: ••••',
    ],
    [
      'an option with a comment below it',
      '- --password\n# c\n- hunter2\n- b',
      '- --password\n# c\n- ••••\n- b',
    ],
    [
      'a user of curl, and none of a container',
      'curl -u me:hunter2 https://x && run -u 1000:1000',
      'curl -u me:•••• https://x && run -u 1000:1000',
    ],
    [
      'a comment',
      '# DB_PASSWORD: hunter2\n  #  - A_TOKEN=hunter2',
      '# DB_PASSWORD: ••••\n  #  - A_TOKEN=••••',
    ],
    ['what is no comment in a text', 'DB_PASSWORD: |\n  #hunter2\nb: 1', 'DB_PASSWORD: |\n  ••••\nb: 1'],
    [
      'a private key in quotes, and what comes after it',
      'JWT_PRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2\n-----END RSA PRIVATE KEY-----"\nDB_HOST=db\nDB_PASSWORD="hunter2"',
      'JWT_PRIVATE_KEY="••••"\n••••\n••••\nDB_HOST=db\nDB_PASSWORD="••••"',
    ],
    [
      'no more behind one that is empty, in quotes that hold its key',
      '- "A_PASSWORD="\n- HOST=a\n- API_TOKEN="hunter2"',
      '- "A_PASSWORD="\n- HOST=a\n- API_TOKEN="••••"',
    ],
    [
      'a quote that was forgotten, and the secret after it',
      'DB_PASSWORD="hunter1\nAPI_TOKEN="hunter2"\nB=1',
      'DB_PASSWORD="••••"\n••••"••••\nB=1',
    ],
    [
      'quotes that stand twice for one',
      "A_PASSWORD: 'it''s-hunter2'\nB_PASSWORD: 'a\n  it''s-hunter2'\nc: 1",
      "A_PASSWORD: '••••'\nB_PASSWORD: '••••'\n••••'\nc: 1",
    ],
    ['a bracket of a password', 'DB_PASSWORD=[x9!kd\nHOST=a', 'DB_PASSWORD=••••\nHOST=a'],
    [
      'brackets in quotes and comments',
      'tokens: ["a[b", # [\n "hunter2"]\nb: 1\nkeys_secret: ["a]",\n"hunter2"]\nc: 1',
      'tokens: ••••\n "••••"\nb: 1\nkeys_secret: ••••\n"••••"\nc: 1',
    ],
    [
      'JSON below its key',
      '{\n"credentials":\n{\n"user": "hunter2"\n},\n"b": 1}',
      '{\n"credentials":\n{\n"user": "••••"\n},\n"b": 1}',
    ],
    ['a list that curl is told', '["curl", "-u", "me:hunter2"]', '["curl", "-u", "me:••••"]'],
    ['numbers as a password of curl', 'curl -u admin:123456 x', 'curl -u admin:•••• x'],
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
    ['a value on the next line', 'POSTGRES_PASSWORD:\n  hunter2\nx: 1', 'POSTGRES_PASSWORD:\n  ••••\nx: 1'],
    ['a block with a comment', 'password: >-  # c\n  hunter2\nx: 1', 'password: >-  # c\n  ••••\nx: 1'],
    ['all below its key', 'passwords:\n- hunter2\n- a: hunter2\nx: 1', 'passwords:\n- ••••\n- a: ••••\nx: 1'],
    ['a text that goes on', 'password: hunter2\n  hunter3\nx: 1', 'password: ••••\n  ••••\nx: 1'],
    [
      'an object of JSON',
      '"password": {\n  "a": "hunter2",\n  "b": 2\n},\n"c": 1',
      '"password": {\n  "a": "••••",\n  "b": ••••\n},\n"c": 1',
    ],
    ['a list in a list', 'tokens: [["hunter2"], "hunter3"]\nb: 1', 'tokens: ••••\nb: 1'],
    [
      'a Secret in a list',
      'kind: List\nitems:\n- kind: Secret\n  data:\n    url: aHVu\n    more: |\n      aHVu\n  type: Opaque',
      'kind: List\nitems:\n- kind: Secret\n  data:\n    url: ••••\n    more: |\n      ••••\n  type: Opaque',
    ],
    [
      'a Secret on one line',
      '{"kind":"Secret","data":{"url":"aHVu","b":"aHVu"},"type":"Opaque"}',
      '{"kind":"Secret","data":{"url":"••••","b":"••••"},"type":"Opaque"}',
    ],
    [
      'a Secret in flow style',
      '{kind: Secret, stringData: {url: hunter2}, type: x}',
      '{kind: Secret, stringData: {url: ••••}, type: x}',
    ],
    [
      'a value before its name',
      '- value: hunter2\n  name: DB_PASSWORD',
      '- value: ••••\n  name: DB_PASSWORD',
    ],
    ['a flow mapping', 'env: { A: b, PASSWORD: hunter2 }', 'env: { A: b, PASSWORD: •••• }'],
    [
      'more behind it',
      '- { db_password: hunter2, a: b, "token" : hunter3, c: d }  # e',
      '- { db_password: ••••, a: b, "token" : ••••, c: d }  # e',
    ],
    [
      'a flow in a flow',
      'x: [{ PASSWORD: hunter2 }, { name: TOKEN, value: hunter3 }],',
      'x: [{ PASSWORD: •••• }, { name: TOKEN, value: •••• }],',
    ],
    ['a reference in a flow', '{ PASSWORD: ${X}, TOKEN: ${X:-hunter2} }', '{ PASSWORD: ${X}, TOKEN: •••• }'],
    ['a comma, whole', '{ PASSWORD: hunter2,hunter3, hunter4 }', '{ PASSWORD: •••• }'],
    ['a bracket, whole', '{ PASSWORD: hunter2}hunter3, a: b }', '{ PASSWORD: ••••'],
    ['brackets within, whole', '{ PASSWORD: hunter2{a}hunter3, a: b }', '{ PASSWORD: ••••, a: b }'],
    ['a bracket in a list, whole', '[ { PASSWORD: hunter2}hunter3, { a: b } ]', '[ { PASSWORD: •••• ]'],
    ['a quote within, whole', "{ PASSWORD: hunter2's, A: 'hunter3' }", '{ PASSWORD: ••••'],
    ['what is no flow', 'PASSWORD: hunter2}', 'PASSWORD: ••••'],
    ['a text that only looks like one', 'a: sh -c { PASSWORD: hunter2, b: c }', 'a: sh -c { PASSWORD: ••••'],
    ['a text in a flow', '["a PASSWORD: hunter2, b: hunter3"]', '["a PASSWORD: ••••'],
    ['a key in quotes', '"PASSWORD": hunter2}hunter3,hunter4', '"PASSWORD": ••••'],
    ['a number with a comma', '"PASSWORD": 1234,5678', '"PASSWORD": ••••'],
    ['a number of JSON', '"PASSWORD": 1234,', '"PASSWORD": ••••,'],
    [
      'JSON within a text',
      'a: "{\\"password\\": \\"hunt,er}2\\\\\\"3\\", \\"b\\": 1}"',
      'a: "{\\"password\\": ••••, \\"b\\": 1}"',
    ],
    ['a slash in an address', 'url: postgres://me:hun/ter2@db/x', 'url: postgres://me:••••@db/x'],
    ['two addresses', 'u: amqp://a:hunter2@h,amqp://b:hunter3@h', 'u: amqp://a:••••@h,amqp://b:••••@h'],
    ['a key as a user', 'X: https://hunter2@sentry.io/1', 'X: https://••••@sentry.io/1'],
    [
      'an option',
      'command: redis-server --requirepass hunter2 -x',
      'command: redis-server --requirepass •••• -x',
    ],
    ['a short option', 'command: mysql -uroot -phunter2 x', 'command: mysql -uroot -p•••• x'],
    ['an option in a list', 'c: ["redis", "--password", "hunter2"]', 'c: ["redis", "--password", "••••"]'],
    ['an option on its line', '- --requirepass\n- hunter2\n- --port', '- --requirepass\n- ••••\n- --port'],
    ['a header', 'x: Bearer hunter2', 'x: Bearer ••••'],
    ...[
      'APP_KEY',
      'ENCRYPTION_KEY',
      'RAILS_MASTER_KEY',
      'dbPass',
      'DB_PW',
      'AUTH_SALT',
      'SENTRY_DSN',
      'Authorization',
    ].map((key) => [key, `${key}: hunter2`, `${key}: ••••`]),
  ])('%s', (_, text, masked) => {
    expect(withoutSecrets(text!)).toBe(masked);
  });
});

test.each([
  'services:\n  web:\n    image: acme/secret-service:1.4\n    ports: ["80:8080"]\n',
  'PASSWORD: ${DB_PASSWORD}\n',
  'url: http://shop:80/a@b\n',
  'web: bundle exec puma -p $PORT\n',
  'env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n',
  'command: mysql -p$PW --password $PW\n',
])('what is none stays: %j', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test.each([
  ...[
    'a',
    'a":',
    'password": {',
    'a:',
    '://a:',
    '"',
    'name: ',
    'secret ',
    'a="\\',
    ' \t',
    '://',
    '@',
    '{',
    "'",
    'a_secret: *',
    'password: a, ',
    'password: {},',
    '&a ',
    '? ',
  ],
  ...[
    'password: [',
    'password: {a: ',
    '--password ',
    '-pa ',
    'a@://',
    '- ',
    'password: |#',
    'Bearer ',
    'kind:',
    'kind: !a ',
    'name: &n ',
    '-u a:',
    '-u a',
    'TOKEN: *a &a ',
  ],
  ...[
    'password:\n',
    'name: password\n',
    'password: "\n',
    'kind: Secret\ndata:\n a: {',
    '{\n',
    'password:\n -',
    '"password":\n',
    'password: [\n',
    'a: &a\nTOKEN: *a\n',
  ],
])('a long text of %j takes no time to speak of', (piece) => {
  const text = piece.repeat(2_000_000 / piece.length);
  const work = () => {
    withoutSecrets(text);
    withoutSecrets(`password:\n  ${text}`);
    withoutSecrets(`{ ${text.replaceAll('\n', ' ')} }`);
  };
  expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
});

test('a secret is masked in time that is the text’s length, where a line has a line end of another system within', () => {
  const blanks = '\t'.repeat(400_000);
  let masked = '';
  const work = () => (masked = withoutSecrets(`token:\n  .:${blanks}\r  hunter2\nb: &a${blanks}x\r`));
  expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
  expect(masked).not.toContain('hunter2');
});

test.each(['x', '#', '#\t\u2028', ',\t#\r x'])('and blanks behind a flow, with %j after them, too', (end) => {
  const text = `a: {PASSWORD: hunter2}${'\t'.repeat(400_000)}${end}`;
  let masked = '';
  expect(processorMilliseconds(() => (masked = withoutSecrets(text)))).toBeLessThan(NO_EXPLOSION_MS);
  expect(masked).not.toContain('hunter2');
});
