// Operation records in the browser: what was changed from what to what, who was refused, files of them, and who may not read them.
//
// Attempts that come to nothing are recorded a moment after their answer: a story that looks for one asks again until it is there.

import { readFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { accessible, expect, login, test, visit } from '../kit';
import { ask, call, newPerson, newPolicy } from '../organisation';

const records = (page: Page) => page.getByRole('table', { name: 'Operation records' });
const rows = (page: Page) => records(page).locator('tbody tr:not(.wide-row)');

test('what root changes of a user is recorded from what to what, and leads to everything alike', async ({ open }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const who = await newPerson(root);
  expect((await call(root, 'users/attach', { uin: who.uin, 'policies[]': policy.id })).status()).toBe(200);
  expect((await call(root, 'users/disable', { uin: who.uin, disabled: true })).status()).toBe(200);

  await visit(root, '/');
  await root.getByRole('link', { name: 'Operation records' }).click();
  await expect(root.getByText('sees the records of all accounts and applications')).toBeVisible();
  await root.getByLabel('Event names').fill('cam:AttachUserPolicy');
  await root.getByText('Expand more search').click();
  await root.getByLabel('Resource type').selectOption('User');
  await root.getByLabel('Resource ID').fill(`${who.uin}`);
  await root.getByRole('button', { name: 'Apply' }).click();
  await expect(root).toHaveURL(new RegExp(`event=cam%3AAttachUserPolicy.*resource=${who.uin}`));
  await expect(rows(root)).toHaveCount(1);
  await expect(root.getByLabel('Resource ID')).toBeVisible();
  await expect(rows(root)).toContainText('root@acme.example');
  await expect(rows(root).getByRole('link', { name: who.username })).toHaveAttribute('href', `/cam/users/${who.uin}`);
  await accessible(root);

  await rows(root).getByRole('link', { name: 'Attach a policy to a sub-account' }).click();
  await expect(root.getByRole('heading', { level: 1 })).toHaveText('Attach a policy to a sub-account');
  const change = root.getByRole('table', { name: 'Changes' }).getByRole('row', { name: 'Policies' });
  await expect(change.getByRole('cell')).toHaveText(['None', policy.name]);
  await root.getByText('View JSON').click();
  await expect(root.getByRole('region', { name: 'JSON' })).toContainText('"eventName": "AttachUserPolicy"');
  await expect(root.getByRole('region', { name: 'JSON' })).toContainText('"hash": "sha256:');
  await accessible(root);

  await root.getByRole('listitem').filter({ hasText: who.username }).getByRole('link', { name: 'All records of this resource' }).click();
  await expect(root).toHaveURL(new RegExp(`resource=${who.uin}`));
  await rows(root).getByRole('link', { name: 'Edit a sub-account' }).click();
  const status = root.getByRole('table', { name: 'Changes' }).getByRole('row', { name: 'Status' });
  await expect(status.getByRole('cell')).toHaveText(['Enabled', 'Disabled']);
  await root.getByRole('link', { name: 'All records of this request' }).click();
  await expect(rows(root)).toHaveCount(1);
});

test('a filter stands in the address; what is wrong with it is said at its field, and the page stays', async ({ open, trap }) => {
  const root = await open('root');
  const who = await newPerson(root);
  await open(who);
  await visit(root, `/audit?operator=${who.uin}`);
  await expect(root.getByLabel('Operator UIN')).toHaveValue(`${who.uin}`);
  for (const row of await rows(root).all()) await expect(row.getByRole('cell').nth(2)).toContainText(who.username);
  await expect(rows(root).filter({ hasText: 'account:ConsoleLogin' }).first()).toBeVisible();

  trap.expect(422, '/audit');
  await visit(root, '/audit?operator=ana&range=custom&from=2026-11-30&to=2026-11-01');
  await expect(root.getByLabel('Operator UIN')).toHaveAccessibleDescription('Enter the UIN of an account.');
  await expect(root.locator('[name=to]')).toHaveAccessibleDescription('The last day lies before the first.');
  await accessible(root);

  await visit(root, '/audit?request=no-such-request');
  await expect(root.getByText(/^No records from \d{4}-\d\d-\d\d \d\d:\d\d UTC\+8 to /)).toBeVisible();
  await expect(root.locator('[name=from]')).toBeHidden();
  await root.getByLabel('Time range').selectOption('Custom');
  await expect(root.locator('[name=from]')).toBeVisible();
  await root.getByRole('link', { name: 'Clear filters' }).first().click();
  await expect(root).toHaveURL(/\/audit$/);
});

test('older records are a link away, and newer ones back', async ({ open }) => {
  const root = await open('root');
  const who = await newPerson(root);
  // More than stand on one page.
  for (let count = 0; count < 51; count += 1) expect((await call(root, 'users/unlock', { uin: who.uin })).status()).toBe(200);
  await visit(root, `/audit?event=cam:UpdateUser&resource=${who.uin}`);
  await expect(rows(root)).toHaveCount(50);
  const first = await rows(root).first().getByRole('link').first().getAttribute('href');
  await root.getByRole('link', { name: 'Older' }).click();
  await expect(root).toHaveURL(/event=cam%3AUpdateUser&.*cursor=o/);
  await expect(rows(root).first().getByRole('link').first()).not.toHaveAttribute('href', first ?? '');
  await root.getByRole('link', { name: 'Newer' }).click();
  await expect(rows(root).first().getByRole('link').first()).toHaveAttribute('href', first ?? '');
});

test('an attempt that was refused is recorded with the reason and the decision', async ({ open }) => {
  const root = await open('root');
  const who = await newPerson(root);
  const person = await open(who);
  expect((await call(person, 'users/create', { name: 'nobody-at-all' })).status()).toBe(403);
  const refused = rows(root).filter({ hasText: 'cam:AddUser' });
  await expect(async () => {
    await visit(root, `/audit?operator=${who.uin}&result=refused`);
    await expect(refused).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await expect(refused).toContainText('Refused');
  await refused.getByRole('link').first().click();
  await expect(root.getByRole('main')).toContainText('You are not authorized to perform cam:AddUser');
  await expect(root.getByText('Denied', { exact: true })).toBeVisible();
  await expect(root.getByRole('table', { name: 'Changes' })).toHaveCount(0);
});

test('an account without the right has no way to the records of others, and reads its own', async ({ open, trap }) => {
  const root = await open('root');
  const who = await newPerson(root, await newPolicy(root, 'trtc:DescribeAppStatList'));
  const person = await open(who);
  await visit(person, '/account');
  await expect(person.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Operation records' })).toHaveCount(0);
  await expect(rows(person).filter({ hasText: 'Log in' }).first()).toBeVisible();
  await expect(rows(person).filter({ hasText: 'Change the own password' })).toHaveCount(1);
  await expect(records(person).getByRole('columnheader', { name: 'Operator' })).toHaveCount(0);
  await expect(rows(person).getByRole('link')).toHaveCount(0);
  expect((await ask(person, 'audit/search')).status()).toBe(403);
  trap.expect(403, '/audit');
  expect((await person.goto('/audit'))?.status()).toBe(403);
  await expect(person.getByRole('main')).toContainText('cloudaudit:LookUpEvents');
});

test('who may set the retention does, and a shorter one waits', async ({ open, trap }) => {
  const root = await open('root');
  await visit(root, '/audit');
  const dialog = root.getByRole('dialog', { name: 'Set retention' });
  const set = async (days: string) => {
    await root.locator('#retention > summary').click();
    await dialog.getByLabel('Retention').fill(days);
    await dialog.getByRole('button', { name: 'Set retention' }).click();
  };
  await set('365');
  await expect(root.getByText('365 days', { exact: true })).toBeVisible();
  await set('90');
  await expect(root.locator('.fact', { hasText: 'Changes to' })).toContainText(/90 days from \d{4}-\d\d-\d\d/);
  await expect(root.getByText('365 days', { exact: true })).toBeVisible();
  const reader = await open(await newPerson(root, await newPolicy(root, 'cloudaudit:LookUpEvents')));
  await visit(reader, '/audit');
  await expect(reader.getByText('Read only')).toBeVisible();
  await expect(reader.getByRole('main')).toContainText('365 days');
  await expect(reader.locator('#retention')).toHaveCount(0);
  trap.expect(403, '/call/audit/retention');
  expect((await call(reader, 'audit/retention', { days: 30 })).status()).toBe(403);
  await set('365');
  await expect(root.locator('.fact', { hasText: 'Changes to' })).toHaveCount(0);
});

/** As if the last proof of the password were too old; everything after that is the server's own. */
async function outdated(page: Page, file: string): Promise<void> {
  const back = (url: string) => `/audit${new URL(url).search}&export=${file}`;
  await page.route(`**/audit/export.${file}*`, (route) => route.fulfill({ status: 303, headers: { location: back(route.request().url()) } }), { times: 1 });
}

/** Follows the link to a file and confirms the password on the way. */
async function exported(page: Page, file: 'csv' | 'ndjson'): Promise<string> {
  await outdated(page, file);
  await page.getByRole('link', { name: `Export ${file.toUpperCase()}` }).click();
  const password = page.getByLabel('Your password').first();
  await expect(password).toBeFocused();
  await password.fill(login('root').password);
  await page.getByRole('button', { name: 'Confirm' }).first().click();
  const [got] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: `Download ${file.toUpperCase()}` }).click()]);
  expect(got.suggestedFilename()).toMatch(new RegExp(`^audit-${login('root').owner}-\\d{4}-\\d\\d-\\d\\d-\\d{4}-\\d\\d-\\d\\d\\.${file}$`));
  return readFileSync((await got.path()) ?? '', 'utf8');
}

test('a file of the records wants the password, and then holds what the filter leaves', async ({ open, trap }) => {
  const root = await open('root');
  const who = await newPerson(root);
  await visit(root, `/audit?resource=${who.uin}`);
  const shown = await rows(root).count();
  expect(shown).toBeGreaterThan(0);
  const csv = await exported(root, 'csv');
  expect(csv.split('\n')[0]).toMatch(/^seq,event_time,/);
  expect(csv.trim().split('\n')).toHaveLength(shown + 1);
  expect(csv).toContain(who.username);

  await visit(root, `/audit?resource=${who.uin}`);
  const lines = (await exported(root, 'ndjson')).trim().split('\n');
  expect(lines).toHaveLength(shown);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('hash');

  await visit(root, '/audit?range=1h&export=csv');
  trap.expect(422, '/call/session/prove');
  await root.getByLabel('Your password').fill('not the password');
  await root.getByRole('button', { name: 'Confirm' }).click();
  await expect(root.getByRole('alert')).toContainText('Wrong password.');
  await accessible(root);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('records are filtered, read and exported', async ({ open, trap }) => {
    const root = await open('root', { javaScriptEnabled: false });
    const who = await newPerson(root);
    await root.goto('/audit');
    await root.getByText('Expand more search').click();
    await root.getByLabel('Resource ID').fill(`${who.uin}`);
    await root.getByRole('button', { name: 'Apply' }).click();
    await expect(root).toHaveURL(new RegExp(`resource=${who.uin}`));
    const shown = await rows(root).count();
    await rows(root).getByRole('link', { name: 'Create a sub-account' }).click();
    await expect(root.getByRole('table', { name: 'Changes' })).toContainText(who.username);
    await root.goBack();
    // A wrong password first: the file still waits with the right one.
    await outdated(root, 'csv');
    await root.getByRole('link', { name: 'Export CSV' }).click();
    trap.expect(422, '/call/session/prove');
    await root.getByLabel('Your password').fill('not the password');
    await root.getByRole('button', { name: 'Confirm' }).click();
    await expect(root.getByRole('alert').first()).toContainText('Wrong password.');
    const dialog = root.getByRole('dialog', { name: 'Confirm your password' });
    await dialog.getByLabel('Your password').fill(login('root').password);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await expect(root.getByRole('link', { name: 'Download CSV' })).toBeVisible();
    await root.goto(`/audit?resource=${who.uin}`);
    const csv = await exported(root, 'csv');
    expect(csv.trim().split('\n')).toHaveLength(shown + 1);
  });
});
