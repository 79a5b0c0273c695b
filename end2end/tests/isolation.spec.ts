// The three isolation cases the product exists for, and the auditor: what each sees, and what each is refused whichever way it tries.

import { type APIResponse, type Page } from '@playwright/test';
import { type Login, expect, login, test, visit } from '../kit';
import { ask, call } from '../organisation';

const TRTC = ['Overview', 'Usage statistics', 'Applications'];
const ACCESS = ['CAM overview', 'Users', 'User groups', 'Policies', 'Who can', 'Promises'];
/** What the server sends, before a script could hide anything. */
const SERVED = { javaScriptEnabled: false };
/** No application has this number. */
const UNKNOWN = 1499999999;

const own = () => login('application').apps[0];
const foreign = () => login('root').apps.filter((id) => id !== own());

/** Every way to change an application or to see its key, as a form would post it. */
const changes = (id: number): [string, Record<string, string>][] => [
  ['apps/edit', { id: `${id}`, name: 'taken_over', description: '' }],
  ['apps/disable', { id: `${id}` }],
  ['apps/delete', { id: `${id}`, confirm: `${id}` }],
  ['apps/tags', { id: `${id}`, 'keys[]': 'business', 'values[]': 'mine' }],
  ['features/relay', { id: `${id}`, version: '0', on: 'on', mode: 'global', confirm: `${id}` }],
  ['features/recording', { id: `${id}`, version: '0', on: 'on', 'formats[]': 'hls' }],
  ['features/recording-mode', { id: `${id}`, version: '0', mode: 'specified-user' }],
  ['features/permission-keys', { id: `${id}`, version: '0', on: 'on', confirm: 'accepted' }],
  ['callbacks/set-key', { id: `${id}`, callback_key: 'overtaken', confirm: 'accepted' }],
  ['callbacks/show-key', { id: `${id}` }],
];

/** Every way to look at an application. */
const VIEWS = ['apps/view', 'features/view', 'callbacks/view'];

/** What root sees of an application: what nobody but root may have changed. */
async function state(root: Page, id: number): Promise<string[]> {
  const views = ['apps/view', 'features/view', 'callbacks/view'].map((view) => ask(root, view, { id }));
  const answers = await Promise.all([...views, call(root, 'callbacks/show-key', { id })]);
  return Promise.all(answers.map((answer) => answer.text()));
}

/** The request id is the one thing that may differ between two refusals. */
const words = async (answer: APIResponse) => (await answer.text()).replace(/"request_id":"[^"]*"/, '');

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link');
const tabs = (page: Page) => page.getByRole('navigation', { name: 'Pages of this application' }).getByRole('link');

const SEEN: [Login['case'], string[]][] = [
  ['root', [...TRTC, ...ACCESS, 'Operation records']],
  ['service', TRTC],
  ['application', TRTC],
  ['operation', TRTC],
  ['auditor', [...TRTC, ...ACCESS, 'Operation records']],
];
for (const [who, pages] of SEEN) {
  test(`${who}: the navigation holds the permitted pages and the list the permitted applications`, async ({ open }) => {
    const page = await open(who);
    await page.goto('/apps');
    await expect(navigation(page)).toHaveText(pages);
    const table = page.getByRole('table', { name: 'Applications' });
    const all = login('root').apps;
    for (const id of all) {
      await expect(table.getByRole('cell', { name: `${id}`, exact: true })).toHaveCount(login(who).apps.includes(id) ? 1 : 0);
    }
    await expect(page.getByText(/^\d+ of \d+ applications$/)).toHaveText(new RegExp(`^${login(who).apps.length} of `));
  });
}

test('service level: all of TRTC opens, nothing of access management does, nor answers', async ({ open, trap }) => {
  const page = await open('service', SERVED);
  await page.goto(`/apps/${own()}/features`);
  await expect(tabs(page)).toHaveText(['Application info', 'Function configuration', 'Callback configuration']);
  await expect(page.getByText('Turn on for all streams').first()).toBeVisible();
  for (const path of ['/cam', '/cam/users', '/cam/users/new', '/cam/groups', '/cam/policies', '/cam/policies/new', '/audit', '/audit/1']) {
    trap.expect(403, path);
    expect((await page.goto(path))?.status(), path).toBe(403);
    await expect(page.getByRole('heading', { name: /^You don't have access to / })).toBeVisible();
  }
  for (const view of ['cam/summary', 'users/list', 'groups/list', 'policies/list', 'policies/choices', 'audit/search']) {
    expect((await ask(page, view)).status(), view).toBe(403);
  }
  const document = '{"version":"2.0","statement":[{"effect":"allow","action":"*","resource":"*"}]}';
  expect((await call(page, 'policies/create', { name: 'mine', document })).status()).toBe(403);
  expect((await call(page, 'users/create', { name: 'accomplice' })).status()).toBe(403);
  expect((await call(page, 'groups/create', { name: 'accomplices' })).status()).toBe(403);
  const root = await open('root');
  expect(await (await ask(root, 'users/list', { search: 'accomplice' })).text()).not.toContain('accomplice"');
  expect(await (await ask(root, 'policies/list', { search: 'mine' })).text()).not.toContain('"mine"');
});

test('application level: its own application opens in full; any other answers as one that does not exist', async ({ open, trap }) => {
  const page = await open('application', SERVED);
  await page.goto(`/apps/${own()}`);
  await expect(tabs(page)).toHaveText(['Application info', 'Function configuration', 'Callback configuration']);
  await expect(page.getByText('Edit', { exact: true }).first()).toBeVisible();
  for (const part of ['', '/features', '/callbacks']) {
    const said: string[] = [];
    for (const id of [foreign()[0], UNKNOWN]) {
      trap.expect(404, `/apps/${id}${part}`);
      expect((await page.goto(`/apps/${id}${part}`))?.status(), `${id}${part}`).toBe(404);
      said.push(await page.getByRole('main').innerText());
    }
    expect(said[0]).toContain('Not found');
    expect(said[0], 'a foreign application and an unknown one').toBe(said[1]);
  }
});

test('application level: server functions called by hand reach no other application', async ({ open }) => {
  const root = await open('root');
  const id = foreign()[0];
  const before = await state(root, id);
  const page = await open('application');
  for (const view of VIEWS) {
    const [there, nowhere] = [await ask(page, view, { id }), await ask(page, view, { id: UNKNOWN })];
    expect(there.status(), view).toBe(404);
    expect(await words(there), view).toBe(await words(nowhere));
  }
  for (const [change, fields] of changes(id)) {
    const [there, nowhere] = [await call(page, change, fields), await call(page, change, { ...fields, id: UNKNOWN })];
    expect(there.status(), change).toBe(404);
    expect(await words(there), change).toBe(await words(nowhere));
  }
  expect(await state(root, id)).toEqual(before);
});

test('operation level: figures open, configuration is refused and explained', async ({ open, trap }) => {
  const who = login('operation');
  const page = await open('operation');
  await page.goto('/usage');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usage statistics');
  for (const [part, action] of [
    ['', 'trtc:DescribeSdkAppInfo'],
    ['/features', 'trtc:HardDescribeMixConf'],
    ['/callbacks', 'trtc:DescribeSdkAppInfo'],
  ]) {
    const path = `/apps/${own()}${part}`;
    trap.expect(403, path);
    expect((await page.goto(path))?.status(), path).toBe(403);
    const main = page.getByRole('main');
    await expect(main.getByRole('heading', { name: /^You don't have access to / })).toBeVisible();
    await expect(main.getByRole('definition').nth(0)).toContainText(`ops-ana (sub-account `);
    await expect(main.getByRole('definition').nth(1)).toContainText(action);
    await expect(main.getByRole('definition').nth(2)).toHaveText(part === '/features' ? '*' : `qcs::trtc::uin/${who.owner}:sdkappid/${own()}`);
    await expect(main.getByRole('definition').nth(3)).toContainText(/implicit/i);
    await expect(main.getByRole('definition').nth(4)).toContainText(/[\w-]{8,}/);
    await expect(main).not.toContainText('usage-statistics-only');
    await expect(main).not.toContainText('Relay to CDN');
  }
});

test('the details of a refusal are copied, also where the browser has no clipboard for pages without TLS', async ({ open, trap }) => {
  const path = `/apps/${own()}/features`;
  trap.expect(403, path);
  const page = await open('operation');
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await visit(page, path);
  await page.getByRole('button', { name: 'Copy details' }).click();
  await expect(page.getByText('Copied', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Copy details' })).toBeFocused();
  await visit(page, '/apps');
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('Control+V');
  await expect(page.getByRole('searchbox')).toHaveValue(/trtc:HardDescribeMixConf/);
});

test('operation level: relay and recording are out of reach of server functions called by hand', async ({ open }) => {
  const root = await open('root');
  const before = await Promise.all(login('root').apps.map((id) => state(root, id)));
  const page = await open('operation');
  for (const id of [own(), foreign()[0]]) {
    for (const view of VIEWS) expect((await ask(page, view, { id })).status(), view).toBe(403);
    for (const [change, fields] of changes(id)) expect((await call(page, change, fields)).status(), change).toBe(403);
  }
  expect((await call(page, 'apps/create', { name: 'own_goal' })).status()).toBe(403);
  const refused = await (await ask(page, 'features/view', { id: own() })).text();
  expect(refused).toContain('trtc:HardDescribeMixConf');
  expect(refused).not.toContain('"relay"');
  expect(await Promise.all(login('root').apps.map((id) => state(root, id)))).toEqual(before);
});

test('a plain form posted by hand is refused as the call is', async ({ open }) => {
  const page = await open('operation');
  const [, fields] = changes(own())[4];
  const posted = await page.request.post('/call/features/relay', { form: fields, headers: { accept: 'text/html' }, maxRedirects: 0 });
  expect(posted.status()).toBe(403);
});

test('nobody: pages lead to login, server functions answer 401', async ({ page }) => {
  for (const view of VIEWS) expect((await ask(page, view, { id: own() })).status(), view).toBe(401);
  for (const [change, fields] of changes(own())) expect((await call(page, change, fields)).status(), change).toBe(401);
  for (const path of ['/', '/usage', '/apps', `/apps/${own()}/features`, '/cam/users', '/usage/export.csv?app=all', '/account']) {
    const answer = await page.request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    expect(decodeURIComponent(answer.headers().location), path).toBe(path === '/' ? '/login' : `/login?next=${path}`);
  }
});

test('the export holds the applications in reach, and no other', async ({ open }) => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const csv = (page: Page, app: number | 'all') => page.request.get('/usage/export.csv', { params: { app, from: day(14), to: day(1) } });
  for (const who of ['root', 'service', 'application', 'operation', 'auditor'] as const) {
    const page = await open(who);
    const file = await csv(page, 'all');
    expect(file.status(), who).toBe(200);
    const [head, ...rows] = (await file.text()).trim().split(/\r?\n/);
    expect(head).toBe('date,sdk_app_id,audio_minutes,video_minutes,users,entries,rooms');
    expect([...new Set(rows.map((row) => Number(row.split(',')[1])))].sort(), who).toEqual(login(who).apps);
    expect((await csv(page, UNKNOWN)).status(), who).toBe(404);
  }
  const page = await open('application');
  const [there, nowhere] = [await csv(page, foreign()[0]), await csv(page, UNKNOWN)];
  expect(there.status()).toBe(404);
  expect(await there.text()).toBe(await nowhere.text());
});

test('the auditor sees everything and finds nothing to change it with', async ({ open, trap }) => {
  test.slow();
  const root = await open('root');
  const { rows } = await (await ask(root, 'users/list', { search: 'ops-ana' })).json();
  const groups = await (await ask(root, 'groups/choices')).json();
  const policies: { id: number; name: string }[] = await (await ask(root, 'policies/choices')).json();
  const custom = policies.find(({ name }) => name === 'usage-statistics-only')?.id;
  const page = await open('auditor', SERVED);
  const paths = ['/', '/usage', '/audit', '/apps', ...['', '/features', '/callbacks'].map((part) => `/apps/${own()}${part}`)];
  paths.push('/cam', '/cam/users', `/cam/users/${rows[0].uin}`, '/cam/groups', `/cam/groups/${groups[0].id}`, '/cam/policies');
  paths.push(...['', '?tab=versions', '?tab=used'].map((tab) => `/cam/policies/${custom}${tab}`));
  for (const path of paths) {
    expect((await page.goto(path))?.status(), path).toBe(200);
    const posting = page.getByRole('main').locator('form:not([method=get]):not([method=GET])');
    await expect(posting, path).toHaveCount(0);
    await expect(page.getByRole('main').locator('details.confirm'), path).toHaveCount(0);
    await expect(page.getByRole('main').locator('a[href$="/new"], a[href$="/edit"]'), path).toHaveCount(0);
    if (/^\/apps\/./.test(path)) await expect(page.getByText('Read only')).toBeVisible();
  }
  for (const path of ['/cam/users/new', '/cam/policies/new', `/cam/policies/${custom}/edit`]) {
    trap.expect(403, path);
    expect((await page.goto(path))?.status(), path).toBe(403);
  }
  const before = await state(root, own());
  for (const [change, fields] of changes(own())) expect((await call(page, change, fields)).status(), change).toBe(403);
  expect((await call(page, 'users/disable', { uin: rows[0].uin, disabled: true })).status()).toBe(403);
  expect((await call(page, 'policies/delete', { id: custom ?? 0, confirm: 'usage-statistics-only' })).status()).toBe(403);
  expect(await state(root, own())).toEqual(before);
});
