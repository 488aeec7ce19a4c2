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
