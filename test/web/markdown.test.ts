import { expect, test } from 'vitest';
import { markdown } from '../../src/web/markdown.js';

test('a text is the same HTML each time, by the level it stands under, however many others came between', () => {
  const text = '# Big\n\n*said*, <b>not</b> [so](javascript:x)';
  const first = markdown(text, 2);
  expect(first).toContain('<h3>Big</h3>');
  expect(first).not.toMatch(/<b>|href/);
  expect(markdown(text)).toContain('<h2>Big</h2>');
  expect(markdown(text, 2)).toBe(first);
  for (let n = 0; n < 300; n += 1) markdown(`${n} ${'x'.repeat(5_000)}`);
  expect(markdown(text, 2)).toBe(first);
  expect(markdown('x'.repeat(1_200_000))).toHaveLength(1_200_008);
  expect(markdown(text, 2)).toBe(first);
});

test('a table and code scroll in a box of their own, and columns are aligned without a style', () => {
  const html = markdown('| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n```\n<table> style="text-align:right"\n```');
  expect(html).toContain('<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>');
  expect(html).toContain('</table></div>');
  expect(html).toContain('<td class="center">1</td>\n<td class="right">2</td>');
  expect(html).toContain(
    '<pre tabindex="0"><code>&lt;table&gt; style=&quot;text-align:right&quot;\n</code></pre>',
  );
});

test('a short text makes no very long page: references and tables that would are left as typed', () => {
  const reference = `[a]: /${'€'.repeat(2_400)}\n\n${'[a]'.repeat(860)}`;
  const title = `[a]: / "${'&'.repeat(2_400)}"\n\n${'[a]'.repeat(860)}`;
  const table = `${'|a'.repeat(300)}|\n${'|-'.repeat(300)}|\n${'x\n'.repeat(1_800)}`;
  const quoted = `> ${table.replaceAll('\n', '\n> ')}`;
  for (const text of [reference, title, table, quoted, table.replaceAll('\n', '\r')])
    expect(markdown(text).length).toBeLessThan(12 * text.length);
  expect(markdown('See [the runbook][r], [r].\n\n[r]: https://example.com/run "Runbook"')).toContain(
    '<a href="https://example.com/run" title="Runbook">the runbook</a>, <a',
  );
  for (const rows of ['1|2|3', '|1|2|3|', '|1|2|\n|1|2|3|'])
    expect(markdown(`Before\n\n|a|b|c|\n|-|-|-|\n${rows}\n\nAfter | all`)).toContain('<td>2</td>');
});

test('a picture is a link: a text makes no reader ask for anything', () => {
  const html = markdown('![the bill](/plans/17?down=web) ![here][there]\n\n[there]: /systems?format=csv');
  expect(html).toContain('<a href="/plans/17?down=web">the bill</a>');
  expect(html).toContain('<a href="/systems?format=csv">here</a>');
  expect(html).not.toContain('<img');
});
