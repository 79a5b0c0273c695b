import { chromium } from '@playwright/test';
const js = process.argv[2] === 'js';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const B = 'http://127.0.0.1:8731';
async function ctx(o, lang, theme) {
  const c = await b.newContext({ javaScriptEnabled: js, ...o });
  await c.addCookies([{ name: 'lang', value: lang, url: B }, { name: 'theme', value: theme, url: B }]);
  const p = await c.newPage();
  p.on('console', m => { if (m.type() === 'error' || m.type() === 'warning') console.log(m.type(), m.text(), m.location().url); });
  p.on('pageerror', e => console.log('pageerror', e.message));
  await p.goto(B + '/login'); await p.fill('[name=username]', 'root@acme.example'); await p.fill('[name=password]', 'Correct-horse-1'); await p.click('form[action="/login"] [type=submit]');
  await p.waitForURL(u => !u.pathname.startsWith('/login'));
  await c.addCookies([{ name: 'lang', value: lang, url: B }, { name: 'theme', value: theme, url: B }]);
  return p;
}
const p = await ctx({ viewport: { width: 1440, height: 960 } }, 'en', 'dark');
const doc = `{\n  "version": "2.0",\n  "statement": [\n    {\n      "effect": "allow",\n      "action": ["name/trtc:DescribeAppStatList",\n                 "name/trtc:DescribeTrtcStatistic"],\n      "resource": [\n        "qcs::trtc::uin/100001:sdkappid/1400000001"\n      ]\n    }\n  ]\n}`;
const out = process.argv[3] ?? 'a';
async function shot(p, path, name) { await p.goto(B + path); if (js) { await p.waitForSelector('html[data-hydrated]', { state: 'attached' }); await p.waitForTimeout(800); } await p.screenshot({ path: `/tmp/pol/${out}-${name}.png`, fullPage: false }); }
// create one
await p.goto(B + '/cam/policies/new');
if (js) { await p.waitForSelector('.cm-editor'); }
const name = 'ops-usage-' + Date.now() % 10000;
await p.fill('[name=name]', name); await p.fill('[name=description]', 'Night shift sees usage');
if (js) { await p.locator('.cm-content').click(); await p.keyboard.press('Control+a'); await p.keyboard.insertText(doc); } else await p.fill('[name=document]', doc);
await p.click('.studio-main form button.btn-primary'); await p.waitForURL(/policies\/\d+$/, { timeout: 8000 }).catch(e => console.log('no redirect', p.url()));
const url = new URL(p.url()).pathname; console.log(url);
await shot(p, url, 'detail-dark');
await shot(p, url + '/edit', 'edit-dark');
if (js) await p.locator('.cm-content').click(), await p.keyboard.press('Control+a'), await p.keyboard.insertText(doc.replace('DescribeAppStatList', 'DescribeAppStatLists').replace('"resource"', '"resourse"')), await p.waitForTimeout(600), await p.screenshot({ path: `/tmp/pol/${out}-edit-errors.png` }), await p.locator('.cm-content').press('Control+z');
if (js) { await p.locator('.cm-content').click(); await p.keyboard.press('Control+a'); await p.keyboard.insertText(doc.replace('name/trtc:DescribeAppStatList', 'trtc:DescribeAppStatList').replace('uin/100001', 'uin/')); } else await p.fill('[name=document]', doc.replace('uin/100001', 'uin/'));
await p.click('.studio-main form button.btn-primary'); await p.waitForURL(/policies\/\d+$/, { timeout: 8000 }).catch(e => console.log('no redirect', p.url()));
await shot(p, url + '?tab=versions', 'versions-dark');
const q = await ctx({ viewport: { width: 1440, height: 960 } }, 'zh-CN', 'light');
await shot(q, '/cam/policies', 'list-light'); await shot(q, '/cam/policies/new', 'new-light'); await shot(q, url + '?tab=versions', 'versions-light'); await shot(q, url + '?tab=used', 'used-light'); await shot(q, '/cam/policies/3', 'preset-light');
const m = await ctx({ viewport: { width: 390, height: 844 } }, 'en', 'light');
await shot(m, '/cam/policies', 'list-m'); await shot(m, url + '/edit', 'edit-m'); await m.screenshot({ path: `/tmp/pol/${out}-edit-m-full.png`, fullPage: true }); await shot(m, url + '?tab=versions', 'versions-m');
await b.close();
