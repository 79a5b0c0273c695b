// The code of pages comes when it is needed, and pages that need none get none.

import { accessible, expect, hydrated, login, test, visit } from '../kit';
import type { Page } from '@playwright/test';

/** The wasm files that a page asks for, from now on. */
function fetched(page: Page): string[] {
  const names: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.wasm')) names.push(pathname);
  });
  return names;
}

test('the code of a page comes when a link to it is followed, and once', async ({ open }) => {
  const page = await open('root');
  const names = fetched(page);
  await visit(page, '/');
  expect(names).toContainEqual(expect.stringMatching(/overview-/));
  expect(names).not.toContainEqual(expect.stringMatching(/records-/));
  await page.locator('#sidenav').getByRole('link', { name: 'Operation records' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Operation records' })).toBeVisible();
  await expect(page).toHaveURL(/\/audit$/);
  expect(names.filter((name) => name.includes('records-'))).toHaveLength(1);
  await page.locator('#sidenav').getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  expect(names.length, 'nothing is fetched twice').toBe(new Set(names).size);
});

test('the code of a page is there before its link is followed when the link has the focus', async ({ open }) => {
  const page = await open('root');
  await visit(page, '/');
  const came = page.waitForResponse((response) => /\/records-[^/]+\.wasm$/.test(response.url()));
  await page.locator('#sidenav').getByRole('link', { name: 'Operation records' }).focus();
  expect((await came).ok()).toBe(true);
  await expect(page).toHaveURL(/\/$/);
});

test('a page whose code is lost is loaded as a whole', async ({ open, trap }) => {
  const page = await open('root');
  await visit(page, '/');
  trap.expect(404, /\/records-[^/]+\.wasm$/);
  // What a server answers that has another version by now.
  await page.route(/\/records-[^/]+\.wasm$/, (route) => route.fulfill({ status: 404 }));
  await page.evaluate(() => document.body.setAttribute('data-before', ''));
  const asked = page.waitForRequest((request) => request.isNavigationRequest() && new URL(request.url()).pathname === '/audit');
  await page.locator('#sidenav').getByRole('link', { name: 'Operation records' }).click();
  await asked;
  await expect(page.locator('body:not([data-before])')).toBeAttached();
  await expect(page.getByRole('heading', { level: 1, name: 'Operation records' })).toBeVisible();
});

test('a page whose code is lost at first stays as the server rendered it, and works', async ({ open, trap }) => {
  const page = await open('root');
  trap.expect(404, /\/records-[^/]+\.wasm$/);
  await page.route(/\/records-[^/]+\.wasm$/, (route) => route.fulfill({ status: 404 }));
  const lost = page.waitForEvent('console', (message) => message.text().includes('could not be loaded'));
  await page.goto('/audit');
  await lost;
  await expect(page.locator('html:not([data-hydrated])')).toBeAttached();
  await page.locator('#sidenav').getByRole('link', { name: 'Users', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible();
});

test('a page of a server of other sources stays as the server rendered it, and works', async ({ open, trap }) => {
  const page = await open('root');
  await page.route('**/cam/groups', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/ data-sources="[0-9a-f]{16}"/, ' data-sources="of-another-build"') });
  });
  const told = page.waitForEvent('console', (message) => message.text().includes('do not belong to this version of the server'));
  await page.goto('/cam/groups');
  await told;
  // Said once, and nothing else goes wrong.
  await expect.poll(() => trap.complaints.length).toBe(1);
  trap.complaints.length = 0;
  await expect(page.locator('html:not([data-hydrated])')).toBeAttached();
  await page.getByText('Create user group').first().click();
  await expect(page.getByRole('dialog', { name: 'Create user group' }).getByLabel('Name')).toBeVisible();
});

test('login needs no code, and is styled and accessible', async ({ page }) => {
  const names = fetched(page);
  await page.goto('/login');
  await expect(page.locator('script[src], script[type=module]')).toHaveCount(0);
  expect(names).toEqual([]);
  await accessible(page);
});

test('a refusal needs no code, and its details are copied all the same', async ({ open, trap }) => {
  const path = `/apps/${login('operation').apps[0]}/features`;
  trap.expect(403, path);
  const page = await open('operation', { permissions: ['clipboard-read', 'clipboard-write'] });
  const names = fetched(page);
  await page.goto(path);
  await hydrated(page);
  await page.getByRole('button', { name: 'Copy details' }).click();
  await expect(page.getByText('Copied', { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('trtc:HardDescribeMixConf');
  expect(names).toEqual([]);
});
