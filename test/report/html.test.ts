import { describe, expect, test } from 'vitest';
import { html, Markup } from '../../src/report/html.ts';

describe('html', () => {
  test('escapes what is inserted, once, in lists as well', () => {
    const inner = html`<b>${'a<b>&"\''}</b>`;
    expect(html`<p title="${'"x'}">${[inner, 1, null, '<']}</p>`.text).toBe(
      '<p title="&#34;x"><b>a&#60;b&#62;&#38;&#34;&#39;</b>1&#60;</p>',
    );
  });

  test('takes markup as it is', () => {
    expect(html`${new Markup('<hr>')}`.text).toBe('<hr>');
  });

  test('shows control characters as what they are not', () => {
    expect(html`${'a\u0000b\u001bc\td'}`.text).toBe('a\ufffdb\ufffdc\td');
  });
});
