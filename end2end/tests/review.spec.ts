// A draft and its review: what is typed survives a reload, the review says who gains and loses what, and the save does just that.

import { text, write } from '../editor';
import { accessible, expect, hydrated, login, test, visit } from '../kit';
import { call, document, newPerson, newPolicy } from '../organisation';

const app = () => login('application').apps[0];

test('a draft survives a reload and another browser, and is discarded', async ({ open }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const author = await newPerson(root, await newPolicy(root, 'cam:*'));
  const page = await open(author);
  const edit = `/cam/policies/${policy.id}/edit`;
  await visit(page, edit);
  await expect(page.locator('.cm-editor')).toBeVisible();
  const was = await text(page);
  const half = '{ "version": "2.0", "statement": [';
  await write(page, half);
  await expect(page.locator('.draft-mark')).toHaveText(/^Draft saved \d\d:\d\d:\d\d /);
  await page.reload();
  await hydrated(page);
  await expect(page.getByText('This is your draft of')).toBeVisible();
  expect(await text(page)).toBe(half);
  await accessible(page);
  const elsewhere = await open(author, { javaScriptEnabled: false });
  await elsewhere.goto(edit);
  expect(await text(elsewhere)).toBe(half);
  await visit(root, edit);
  expect(await text(root), 'nobody else sees it').toBe(was);

  await page.getByRole('button', { name: 'Discard draft' }).click();
  await expect(page.getByText('This is your draft of')).toHaveCount(0);
  await expect.poll(() => text(page)).toBe(was);

  // Discarded while what was typed is on its way to be kept.
  await write(page, half);
  await expect(page.locator('.draft-mark')).toHaveText(/^Draft saved/);
  await page.reload();
  await hydrated(page);
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  const asked = page.waitForRequest('**/call/drafts/keep');
  await page.route('**/call/drafts/keep', async (route) => {
    await held;
    await route.continue();
  });
  await write(page, `${half} `);
  await asked;
  await page.getByRole('button', { name: 'Discard draft' }).click();
  arrive();
  await expect(page.getByText('This is your draft of')).toHaveCount(0);
  await page.unroute('**/call/drafts/keep');
  await page.reload();
  await hydrated(page);
  await expect.poll(() => text(page)).toBe(was);

  // Left before typing has paused.
  await write(page, half);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page).toHaveURL(new RegExp(`/cam/policies/${policy.id}$`));
  await visit(page, edit);
  expect(await text(page)).toBe(half);
});

test('a session that ends while somebody types loses nothing', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const author = await newPerson(root, await newPolicy(root, 'cam:*'));
  const page = await open(author);
  await visit(page, `/cam/policies/${policy.id}/edit`);
  await expect(page.locator('.cm-editor')).toBeVisible();
  await call(page, '../logout', {});
  trap.expect(401, '/call/drafts/keep');
  await write(page, document('trtc:DescribeSdkAppInfo'));
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.locator('[name=password]').fill(author.password);
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(page.locator('.draft-mark')).toHaveText(/^Draft saved/);
  await page.reload();
  expect(await text(page)).toBe(document('trtc:DescribeSdkAppInfo'));
});

test('the review shows who gains and loses what; the save does it, and the person sees it', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList', 'trtc:DescribeTrtcStatistic');
  const who = await newPerson(root, policy);
  const person = await open(who);
  const path = `/apps/${app()}`;
  trap.expect(403, path);
  expect((await person.goto(path))?.status()).toBe(403);
  await visit(root, `/cam/policies/${policy.id}/edit`);
  await expect(root.locator('.cm-editor')).toBeVisible();

  // Errors stop the save, and the reason is said.
  await write(root, document('trtc:NoSuchAction'));
  await root.getByRole('button', { name: 'Review and save' }).click();
  await expect(root).toHaveURL(/\/review$/);
  const save = root.getByRole('button', { name: 'Save v2' });
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expect(root.locator('#save-why')).toHaveText('Fix 1 error to save');
  await save.focus();
  await expect(save).toBeFocused();
  await accessible(root);

  await root.getByRole('link', { name: 'Back to the editor' }).click();
  await expect(root.locator('.cm-editor')).toBeVisible();
  expect(await text(root)).toBe(document('trtc:NoSuchAction'));
  await write(root, document('trtc:DescribeAppStatList', 'trtc:DescribeSdkAppInfo'));
  await root.getByRole('button', { name: 'Review and save' }).click();
  await expect(root.locator('.steps')).toContainText('Ready');
  const row = root.locator('#review-impact tr', { hasText: who.username });
  await expect(row.locator('li', { hasText: 'Application info' }).first()).toContainText('gained');
  await expect(row.locator('li', { hasText: 'Month totals' })).toContainText('lost');
  await expect(root.locator('#review-access')).toContainText('No longer allowed');
  await accessible(root);
  await root.getByRole('link', { name: 'By page' }).click();
  await expect(root).toHaveURL(/by=page/);
  await expect(root.locator('#review-impact tr', { hasText: 'Month totals' })).toContainText(who.username);

  // Rights of somebody it reaches change meanwhile.
  const other = await newPerson(root, policy);
  trap.expect(409, '/call/policies/save');
  await save.click();
  await expect(root.getByText('It has been worked out again')).toBeVisible();
  await expect(root.locator('#review-impact')).toContainText(other.username);
  await save.click();
  await expect(root).toHaveURL(new RegExp(`/cam/policies/${policy.id}$`));
  expect((await person.reload())?.status()).toBe(200);
  await visit(root, `/cam/policies/${policy.id}/review`);
  await expect(root.getByText('There is no draft to review')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a draft is kept by its button, reviewed and saved without making it the default', async ({ open }) => {
    const root = await open('root', { javaScriptEnabled: false });
    const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
    await root.goto(`/cam/policies/${policy.id}/edit`);
    await root.locator('[name=document]').fill(document('trtc:DescribeAppStatList', 'trtc:DescribeTrtcStatistic'));
    await root.getByRole('button', { name: 'Save draft' }).click();
    await expect(root.locator('.draft-mark')).toHaveText(/^Draft saved/);
    await root.getByRole('button', { name: 'Review and save' }).click();
    await expect(root).toHaveURL(/\/review$/);
    await expect(root.locator('#review-access')).toContainText('Newly allowed');
    await root.getByLabel('Set as default now').uncheck();
    await root.getByRole('button', { name: 'Save v2' }).click();
    await expect(root).toHaveURL(new RegExp(`/cam/policies/${policy.id}$`));
    await expect(root.getByRole('main')).not.toContainText('trtc:DescribeTrtcStatistic');
    await root.goto(`/cam/policies/${policy.id}?tab=versions`);
    await expect(root.locator('tr', { hasText: 'v2' }).first()).toBeVisible();
  });
});
