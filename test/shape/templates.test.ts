// Every template compiles, prints raw only what is safe by its name, and uses what exists.
import { Eta } from 'eta/core';
import { describe, expect, it } from 'vitest';
import { compileTemplates } from '../../src/platform/render/compile-templates.ts';
import { icon } from '../../src/platform/render/icons.ts';
import { openRender } from '../../src/platform/render/render.ts';
import { TEMPLATE_CONFIG } from '../../src/platform/render/template-engine.ts';
import { resourceNames, resourceText } from '../../src/platform/runtime/resources.ts';

const names = resourceNames('templates/').filter((name) => name.endsWith('.eta'));
const RAW = /^(?:include\(|h\.[a-z]+\(|(?:[\w$]+\??\.)*body$|(?:[\w$]+\??\.)*[A-Za-z]*Html$)/;

describe.each(names)('%s', (name) => {
  const text = resourceText(name);

  it('compiles', () => {
    const eta = new Eta(TEMPLATE_CONFIG);
    expect(() => eta.compile(text)).not.toThrow();
  });

  it('prints raw only includes, helpers and values named …Html', () => {
    const raw = [...text.matchAll(/<%[-_]?~\s*([\s\S]*?)\s*[-_]?%>/g)].map(([, value = '']) => value);
    expect(raw.filter((value) => !RAW.test(value))).toEqual([]);
  });

  it('has no inline script, style or handler, which browsers would refuse', () => {
    const markup = text.replaceAll(/<%[\s\S]*?%>/g, '');
    expect(markup).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:/i);
  });

  it('names icons and partials that exist', () => {
    for (const [, used = ''] of text.matchAll(/h\.icon\('([^']+)'/g)) expect(() => icon(used)).not.toThrow();
    for (const [, used = ''] of text.matchAll(/(?:include|layout)\('([^']+)'/g)) {
      expect(names).toContain(`templates/${used}.eta`);
    }
  });

  it('protects each form that posts', () => {
    for (const [form] of text.matchAll(/<form\b[^>]*method="post"[\s\S]*?<\/form>/g)) {
      if (!name.startsWith('templates/design/')) expect(form).toContain("include('layout/csrf')");
    }
  });
});

describe('templates together', () => {
  it('compile to one module that holds them all', () => {
    const text = compileTemplates();
    for (const name of names) {
      expect(text).toContain(JSON.stringify(name.slice('templates/'.length, -'.eta'.length)));
    }
    expect(() => new Function(text.replace('export const', 'const'))).not.toThrow();
  });

  it('are named when they fail', () => {
    const render = openRender();
    expect(() => render.fragment('no/such', {})).toThrow(/Template no\/such: .*does not exist/);
    expect(() => render.fragment('layout/breadcrumb', {})).toThrow(/Template layout\/breadcrumb: /);
  });

  it('escape what they print', () => {
    const text = openRender().fragment('layout/flash', { kind: 'error', text: '<b>"&\'' });
    expect(text).toContain('&lt;b&gt;&quot;&amp;&#39;');
  });
});
