// Users and groups in the browser: a credential that is shown once, ticks that stay where they were set, rights that come and go.
//
// Rights are checked where they count, in another person's browser, never only on the page that gave them.

import { readFileSync } from 'node:fs';
import { accessible, expect, login, test, visit } from '../kit';
import { detach, newPerson, newPolicy } from '../organisation';

test('a user is created, gets rights, loses them and is deleted', async ({ open, playwright, trap }) => {
  const page = await open('root');
  await visit(page, '/cam/users');
  await page.getByRole('link', { name: 'Create user' }).click();
  trap.expect(422, '/call/users/create');
  await page.locator('[name=name]').fill('bad name');
  await page.locator('[name=remark]').fill('night shift');
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.locator('.form-errors')).toBeVisible();
  await expect(page.locator('[name=remark]')).toHaveValue('night shift');
  await page.locator('[name=name]').fill('story-eve');
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByRole('heading', { name: 'The user was created' })).toBeVisible();
  await accessible(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download CSV' }).click()]);
  const row = readFileSync(await file.path(), 'utf8').split('\r\n')[1]?.split(',').map((value) => value.replaceAll('"', '')) ?? [];
  expect(row.at(0)).toBe('story-eve');
  expect(row.at(3)).toMatch(/^https?:\/\/.+\/login\/\d+$/);
  const { owner } = login('application');
  // The first password has to be changed before anything else.
  const first = { owner, username: 'story-eve', password: row[1] ?? '' };
  const own = 'Own-words-of-eve-7';
  const fresh = await playwright.request.newContext({ baseURL: new URL(page.url()).origin });
  await fresh.post('/login', { form: first });
  await fresh.post('/password', { form: { current: first.password, new: own, repeat: own } });
  await fresh.dispose();
  const eve = await open({ case: 'auditor', owner, username: 'story-eve', password: own, apps: [] });

  await page.getByRole('link', { name: 'View user' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('story-eve');
  await expect(page).toHaveTitle('User · story-eve · TRTC Console');
  await page.locator('#attach > summary').click();
  const count = page.locator('#attach .picker-count');
  await expect(count).toHaveText(/^0 of \d+ selected$/);
  await page.getByLabel('QcloudCamReadOnlyAccess').check();
  await expect(count).toHaveText(/^1 of \d+ selected$/);
  await expect(page.getByLabel('QcloudCamReadOnlyAccess')).toHaveAccessibleDescription(/./);
  await page.getByRole('dialog').getByRole('button', { name: 'Attach' }).click();
  await expect(page.getByRole('cell', { name: 'QcloudCamReadOnlyAccess', exact: true })).toBeVisible();
  await accessible(page);
  expect((await eve.goto('/cam/users'))?.status()).toBe(200);

  await detach(page, 'QcloudCamReadOnlyAccess');
  await expect(page.getByRole('cell', { name: 'QcloudCamReadOnlyAccess', exact: true })).toHaveCount(0);
  trap.expect(403, '/cam/users');
  expect((await eve.goto('/cam/users'))?.status()).toBe(403);

  await page.locator('#disable > summary').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.locator('.page-tags')).toContainText('Disabled');
  await eve.goto('/cam/users');
  await expect(eve).toHaveURL(/\/login\?next=/);

  await page.locator('#delete > summary').click();
  await page.getByRole('dialog').locator('[name=confirm]').fill('story-eve');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete user' }).click();
  await expect(page).toHaveURL(/\/cam\/users$/);
  await expect(page.getByText('story-eve')).toHaveCount(0);
});

test('deleting wants the name typed, and another one is refused at the field in the words of the console', async ({ open }) => {
  const page = await open('root');
  const who = await newPerson(page);
  await visit(page, `/cam/users/${who.uin}`);
  await page.locator('#delete > summary').click();
  const dialog = page.getByRole('dialog', { name: `Delete user ${who.username}?` });
  const name = dialog.getByLabel(`Type ${who.username} to confirm`);
  const sentence = `This does not match. Type ${who.username} to confirm.`;
  for (const typed of ['', 'somebody-else']) {
    await name.fill(typed);
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await expect(dialog.getByRole('alert')).toHaveText(sentence);
    await expect(name).toBeFocused();
    await expect(name).toHaveAccessibleDescription(sentence);
  }
  await accessible(page);
  await name.fill(who.username);
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Delete user' }).click();
  await expect(page).toHaveURL(/\/cam\/users$/);
});

test('a picker in a dialog begins at the field that narrows it, and says when nothing matches', async ({ open }) => {
  const page = await open('root');
  const who = await newPerson(page);
  await visit(page, `/cam/users/${who.uin}`);
  await page.locator('#attach > summary').click();
  const dialog = page.getByRole('dialog', { name: 'Attach policies' });
  const filter = dialog.getByLabel('Filter the list');
  await expect(filter).toBeFocused();
  await filter.fill('no-policy-is-called-so');
  await expect(dialog.getByText('Nothing matches.')).toBeVisible();
  await accessible(page);
  await filter.fill('QcloudCam');
  await expect(dialog.getByText('Nothing matches.')).toHaveCount(0);
  await expect(dialog.getByRole('checkbox')).toHaveCount(2);
});

test('a tick never moves on to another policy when the choices change', async ({ open }) => {
  const page = await open('root');
  await visit(page, '/cam/groups');
  await page.locator('#create > summary').click();
  await page.getByRole('dialog').locator('[name=name]').fill('story-crew');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('story-crew');

  const dialog = page.locator('#attach');
  await dialog.locator('summary').click();
  await dialog.getByLabel('AdministratorAccess').check();
  await dialog.getByRole('button', { name: 'Attach' }).click();
  await expect(page.getByRole('cell', { name: 'AdministratorAccess', exact: true })).toBeVisible();
  await dialog.locator('summary').click();
  await expect(dialog.locator('input:checked')).toHaveCount(0);
  // Ticked, then left: taking another policy away lengthens the list before it.
  await dialog.getByLabel('QcloudTRTCFullAccess').check();
  await page.keyboard.press('Escape');
  await detach(page, 'AdministratorAccess');
  await expect(page.getByRole('cell', { name: 'AdministratorAccess', exact: true })).toHaveCount(0);
  await dialog.locator('summary').click();
  for (const ticked of await dialog.locator('.choice:has(input:checked)').all()) await expect(ticked).toHaveText('QcloudTRTCFullAccess');
  await page.keyboard.press('Escape');
  await accessible(page);

  await page.locator('#delete > summary').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete user group' }).click();
  await expect(page).toHaveURL(/\/cam\/groups$/);
});

test('lists are filtered, searched and paged by their address', async ({ open }) => {
  const page = await open('root');
  for (const path of ['/cam', '/cam/users', '/cam/users/new', '/cam/groups']) {
    await visit(page, path);
    await accessible(page);
  }
  await visit(page, '/cam/users');
  await page.getByRole('link', { name: 'Administrators' }).click();
  await expect(page).toHaveURL(/filter=administrators/);
  await page.getByRole('searchbox').fill('nobody-has-this-name');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/q=nobody/);
  await expect(page.getByRole('link', { name: 'Clear filters' })).toBeVisible();
});

test('a list is ordered by a column and cut as the reader likes, in its address, and a search keeps that', async ({ open }) => {
  const page = await open('root');
  // More than fit the shortest page.
  for (let count = 0; count < 6; count += 1) await newPolicy(page, 'trtc:DescribeAppStatList');
  await visit(page, '/cam/policies');
  const table = page.getByRole('table', { name: 'Policies' });
  const names = () => table.locator('tbody tr td:first-child > :first-child').allTextContents();
  const heading = table.getByRole('columnheader', { name: 'Policy' });
  await heading.getByRole('link').click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('group', { name: 'Rows per page' }).getByRole('link', { name: '10', exact: true }).click();
  await expect(page).toHaveURL(/size=10/);
  await expect(table.locator('tbody tr')).toHaveCount(10);
  const rising = await names();
  expect(rising).toEqual([...rising].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)));
  await heading.getByRole('link').click();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/size=10/);
  expect((await names())[0]).not.toBe(rising[0]);
  await page.getByRole('searchbox').fill('qcloud');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/q=qcloud/);
  await expect(page).toHaveURL(/sort=-name/);
  await expect(page).toHaveURL(/size=10/);
  await accessible(page);
  for (const path of ['/cam/users?sort=-login&size=50', '/cam/groups?sort=users', '/apps?sort=-created']) {
    await visit(page, path);
    await expect(page.locator('th[aria-sort]')).toHaveCount(1);
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a user is created, the file comes, and the user is deleted', async ({ open, trap }) => {
    const page = await open('root', { javaScriptEnabled: false });
    trap.expect(422, '/call/users/create');
    await page.goto('/cam/users/new');
    await page.locator('[name=name]').fill('bad name');
    await page.getByLabel('QcloudTRTCReadonlyAccess').check();
    await page.getByRole('button', { name: 'Create user' }).click();
    await expect(page.locator('.form-errors')).toBeVisible();
    await expect(page.getByLabel('QcloudTRTCReadonlyAccess')).toBeChecked();
    await page.locator('[name=name]').fill('plain-eve');
    await page.getByRole('button', { name: 'Create user' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download CSV' }).click()]);
    expect(file.suggestedFilename()).toBe('plain-eve-credential.csv');
    await page.getByRole('link', { name: 'View user' }).click();
    await expect(page.getByRole('cell', { name: 'QcloudTRTCReadonlyAccess', exact: true })).toBeVisible();
    await page.locator('#delete > summary').click();
    trap.expect(422, '/call/users/delete');
    await page.locator('#delete [name=confirm]').fill('plain-adam');
    await page.locator('#delete').getByRole('button', { name: 'Delete user' }).click();
    await expect(page.locator('#delete [name=confirm]')).toHaveAccessibleDescription('This does not match. Type plain-eve to confirm.');
    await page.locator('#delete [name=confirm]').fill('plain-eve');
    await page.locator('#delete').getByRole('button', { name: 'Delete user' }).click();
    await expect(page).toHaveURL(/\/cam\/users$/);
  });
});
