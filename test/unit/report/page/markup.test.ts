import { expect, it } from 'vitest';
import { dataBlock, html, Markup } from '../../../../src/report/page/markup.ts';

const HOSTILE = `</script><img src=x onerror=alert(1)> & "quoted" 'too'`;

it('whatever is put into a template is text, in elements and in attributes', () => {
  expect(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text).toBe(
    '<p title="&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot; &#39;too&#39;">' +
      '&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot; &#39;too&#39;</p>',
  );
});

it('markup stays markup, alone and in lists; nothing is put where there is nothing', () => {
  const items = ['a<', 'b'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${null}${false}${0}${new Markup('<br>')}`.text).toBe(
    '<ul><li>a&lt;</li><li>b</li></ul>0<br>',
  );
});

it('shows control characters rather than writing them', () => {
  expect(html`${'\0\x1b[31mred\ttab\nline'}`.text).toBe('␀␛[31mred\ttab\nline');
});

it('a data block holds no text that ends it or opens a comment, and the same data', () => {
  const data = { [HOSTILE]: ['<!--', '<script>', 1.5, null] };
  const block = dataBlock('data', data).text;
  const json = /^<script type="application\/json" id="data">(.*)<\/script>$/s.exec(block)![1]!;
  expect(json).not.toContain('<');
  expect(JSON.parse(json)).toEqual(data);
});
