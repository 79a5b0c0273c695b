// Every page in both languages, both themes and on a narrow screen: accessible, never wider than the screen, and in one language.

import { type Page } from '@playwright/test';
import { type Login, accessible, expect, hydrated, login, test, visit } from '../kit';
import { ask, call, document as policyOf } from '../organisation';

/** Both themes in both languages, each of them once on a narrow screen; what else is cheap is looked at in both widths. */
const LOOKS = [
  { lang: 'en', theme: 'light', width: 1440 },
  { lang: 'en', theme: 'dark', width: 390 },
  { lang: 'zh-CN', theme: 'light', width: 390 },
  { lang: 'zh-CN', theme: 'dark', width: 1440 },
] as const;

// A trace keeps a copy of the page after every step, which here would take longer than the looking.
test.use({ trace: 'off' });

/** What stays as it is on a Chinese page: products, formats, and names of the field. */
const TERMS = /^(TRTC|CAM|CloudAudit|CDN|UIN|SDKAppID|ID|CSV|JSON|NDJSON|API|MFA|VOD|HLS|MP4|FLV|AAC|UserSig|PrivateMapKey|UTC|URL|HTTPS?|IP|Esc|English|Ctrl|Tab|Chrome|HeadlessChrome|Headless|Linux|License|AI|AppID|UID|ms|v\d+|team|live|[a-z]+_\d+|Qcloud\w*|(policy|person|group)-\d+-\w+|\w+Access|[a-z]+:\S*)$/i;

/** Names and remarks that the demo organisation gives to things, as people have written them. */
const DEMO = [
  'root@acme.example',
  'usage-statistics-only',
  'classroom-everything',
  'biz-classroom',
  'classroom_live',
  'meeting_rooms',
  'shop_live',
  'operations',
  'ops-ana',
  'dept-a',
  'auditor',
  'Everything on one application, nothing of the others',
  'Usage statistics; no relay to CDN, no on-cloud recording',
  'Staff who watch the figures',
  'Department A: all of TRTC and nothing else',
  'The classroom business: its own application',
  'Operations: usage statistics only',
  'Reads everything, changes nothing',
  'Lessons for small groups',
];

/** Words of the console that stand in Latin letters outside of code, of the names people have given, and of other languages' switches. */
function foreignWords(page: Page): Promise<string[]> {
  return page.evaluate((given) => {
    const said: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const at = node.parentElement;
      if (!at || at.closest('textarea, code, pre, script, style, time, bdi, [lang=en], .cm-editor, .tag-list, .account-menu, .account-opener, .crumbs, h1, h2 code, svg')) continue;
      // Names of users, groups, applications and policies are what a table's first column or a list of choices holds.
      if (at.closest('td:first-child, fieldset label, option')) continue;
      const text = given.reduce((rest, part) => rest.replaceAll(part, ''), node.textContent ?? '');
      said.push(...text.split(/[^\w:.-]+/).filter((word) => /[A-Za-z]{2,}/.test(word)));
    }
    return said;
  }, DEMO);
}

async function looksRight(page: Page, path: string): Promise<void> {
  for (const { lang, theme, width } of LOOKS) {
    await test.step(`${path} ${lang} ${theme} ${width}`, async () => {
      await page.context().addCookies(Object.entries({ lang, theme }).map(([name, value]) => ({ name, value, url: process.env.CONSOLE_URL })));
      await page.goto(path);
      await hydrated(page);
      const html = page.locator('html');
      await expect(html).toHaveAttribute('lang', lang);
      await expect(html).toHaveAttribute('data-theme', theme);
      await expect.soft(page.getByRole('heading', { level: 1 }), `headings of the first level on ${path}`).toHaveCount(1);
      // The width of the look comes last, and stays for the accessibility check.
      for (const size of [width === 390 ? 1440 : 390, width]) {
        await page.setViewportSize({ width: size, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(over, `${path} is wider than ${size} px`).toBeLessThanOrEqual(0);
      }
      if (lang === 'zh-CN') {
        const words = (await foreignWords(page)).filter((word) => !TERMS.test(word));
        expect.soft([...new Set(words)], `not in Chinese on ${path}`).toEqual([]);
      }
      await accessible(page);
    });
  }
}

/** The pages of somebody, with what their addresses need. */
const PAGES: [string, Login['case'], (root: Page) => Promise<string[]>][] = [
  ['overview and usage', 'root', async () => ['/', '/usage', `/usage?app=${login('application').apps[0]}`]],
  ['applications', 'root', async () => ['/apps', '/apps?q=nothing-like-it', ...['', '/features', '/callbacks'].map((part) => `/apps/${login('application').apps[0]}${part}`)]],
  [
    'users and groups',
    'root',
    async (root) => {
      const { rows } = await (await ask(root, 'users/list', { search: 'ops-ana' })).json();
      const groups: { id: number; name: string }[] = await (await ask(root, 'groups/choices')).json();
      const group = groups.find(({ name }) => name === 'operations');
      return ['/cam', '/cam/users', '/cam/users/new', `/cam/users/${rows[0].uin}`, '/cam/groups', `/cam/groups/${group?.id}`];
    },
  ],
  [
    'policies',
    'root',
    async (root) => {
      const all: { id: number; name: string }[] = await (await ask(root, 'policies/choices')).json();
      const id = all.find(({ name }) => name === 'usage-statistics-only')?.id;
      await call(root, 'drafts/keep', { id: id ?? 0, document: policyOf('trtc:DescribeSdkAppInfo', 'cam:ListUsers'), base: 1, begun_from: 1 });
      return ['/cam/policies', '/cam/policies/new', `/cam/policies/${id}`, `/cam/policies/${id}?tab=versions`, `/cam/policies/${id}?tab=used`, `/cam/policies/${id}/edit`, `/cam/policies/${id}/review`];
    },
  ],
  [
    'operation records',
    'root',
    async (root) => {
      const search = async (form: Record<string, string>) => (await ask(root, 'audit/search', form)).json();
      const { events } = await search({ 'form[event]': 'cam:AddUser' });
      return ['/audit', '/audit?kind=write&range=30d&export=csv', '/audit?request=none', `/audit/${events[0].seq}`];
    },
  ],
  [
    'who can',
    'root',
    async () => {
      const app = login('application').apps[0];
      const asked = `action=trtc:DescribeTrtcStatistic&app=${app}`;
      const tabs = ['', `?${asked}`, '?tab=person&person=ops-ana', '?tab=differences&person=ops-ana&other=biz-classroom', `?tab=simulator&person=ops-ana&action=trtc:DismissRoom&app=${app}&address=203.0.113.9`];
      return tabs.map((query) => `/cam/who-can${query}`);
    },
  ],
  ['promises', 'root', async () => ['/cam/promises']],
  ['my account', 'root', async () => ['/account']],
  ['read-only pages', 'auditor', async () => [`/apps/${login('application').apps[0]}/features`]],
];

for (const [name, who, paths] of PAGES) {
  test(`${name} as ${who}`, async ({ open }) => {
    test.setTimeout(180_000);
    const page = await open(who);
    for (const path of await paths(page)) await looksRight(page, path);
  });
}

test('a table that is wider than the screen shows so at its edge, and is scrolled by keyboard', async ({ open }) => {
  const page = await open('root');
  await page.setViewportSize({ width: 390, height: 900 });
  for (const path of ['/audit', '/usage']) {
    await visit(page, path);
    const region = page.locator('.table-card > .table-scroll').first();
    await region.scrollIntoViewIfNeeded();
    expect(await region.evaluate((table) => table.scrollWidth - table.clientWidth), path).toBeGreaterThan(0);
    /** How dark the edge is between two rows of the body. */
    const edge = async (side: 'left' | 'right') => {
      const { x, y, width, height } = (await region.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      // Below the bar at the top of the window, and above its end.
      const seen = Math.min(Math.max(y, 60) + 48, y + height - 8, 880);
      const shot = await page.screenshot({ clip: { x: side === 'left' ? x + 1 : x + width - 3, y: seen, width: 2, height: 6 } });
      return page.evaluate(async (png) => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const paint = new OffscreenCanvas(image.width, image.height).getContext('2d');
        paint?.drawImage(image, 0, 0);
        return paint?.getImageData(1, 1, 1, 1).data[0] ?? 255;
      }, shot.toString('base64'));
    };
    expect(await edge('right'), `${path}: there is more`).toBeLessThan((await edge('left')) - 20);
    await region.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => region.evaluate((table) => table.scrollLeft)).toBeGreaterThan(0);
    await expect.poll(() => edge('left'), `${path}: there is more behind`).toBeLessThan(235);
  }
});

test('the login page', async ({ page }) => {
  await looksRight(page, `/login/${login('root').owner}`);
});

test('what is refused, and what is not there, as ops-ana', async ({ open, trap }) => {
  test.setTimeout(60_000);
  const path = `/apps/${login('application').apps[0]}/features`;
  trap.expect(403, path);
  trap.expect(404, '/no-such-page');
  const page = await open('operation');
  await looksRight(page, path);
  await looksRight(page, '/no-such-page');
});
