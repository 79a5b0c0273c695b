// What is around every page: keys, the application switcher, the password asked over a form, the first page, and rights that go while it is open.

import { accessible, expect, hydrated, logIn, login, test, visit } from '../kit';
import { ask, call, newPerson, newPolicy } from '../organisation';

const own = () => login('application').apps[0];

test('/ leads to the search field, ? to the list of keys, and both can be switched off', async ({ open }) => {
  const page = await open('root');
  await visit(page, '/apps');
  await page.keyboard.press('/');
  const search = page.getByRole('searchbox');
  await expect(search).toBeFocused();
  // Whoever types gets what was typed.
  await page.keyboard.type('a/b?');
  await expect(search).toHaveValue('a/b?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await search.blur();
  await page.keyboard.press('?');
  await expect(keys).toBeVisible();
  await accessible(page);
  await keys.getByLabel('Turn off single-key shortcuts in this browser').check();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await page.keyboard.press('/');
  await expect(search).not.toBeFocused();
  await visit(page, '/apps');
  await page.keyboard.press('?');
  await expect(keys).toBeHidden();
  await page.getByRole('button', { name: 'Account', exact: false }).click();
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(keys).toBeVisible();
});

test('the switcher leads to the same page of another application, and of usage to its figures', async ({ open }) => {
  const page = await open('root');
  const [first, second] = login('root').apps;
  await visit(page, `/apps/${first}/features`);
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'classroom_live' }).click();
  await bar.getByRole('link', { name: `meeting_rooms ${second}` }).click();
  await expect(page).toHaveURL(`/apps/${second}/features`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('meeting_rooms');
  await visit(page, '/usage?from=2026-11-01&to=2026-11-10');
  await bar.getByRole('button', { name: 'All applications' }).click();
  await bar.getByRole('link', { name: `meeting_rooms ${second}` }).click();
  await expect(page).toHaveURL(new RegExp(`app=${second}`));
  await expect(page).toHaveURL(/from=2026-11-01/);
  await expect(bar.getByRole('button', { name: 'meeting_rooms' })).toBeVisible();
});

test('the switcher holds the applications in reach, and no other', async ({ open }) => {
  const page = await open('application', { javaScriptEnabled: false });
  await page.goto(`/apps/${own()}`);
  const links = page.getByRole('banner').locator('#switcher-menu a');
  await expect(links).toHaveText(['All applications', `classroom_live ${own()}`]);
});

test('with many applications the switcher is narrowed by typing and walked by keys', async ({ open }) => {
  const page = await open('root');
  const [, second] = login('root').apps;
  await page.route(/\/call\/session(\?|$)/, async (route) => {
    const response = await route.fetch();
    const session = await response.json();
    const more = Array.from({ length: 10 }, (_, at) => ({ ...session.apps[0], id: 1400009000 + at, name: `another_${at}` }));
    await route.fulfill({ response, json: { ...session, apps: [...session.apps, ...more] } });
  });
  await visit(page, '/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Usage statistics' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usage statistics');
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'All applications' }).click();
  const field = bar.getByRole('searchbox', { name: 'Filter applications' });
  await expect(field).toBeFocused();
  await accessible(page);
  await field.fill('nothing of the kind');
  await expect(bar.getByRole('status')).toHaveText('No application matches');
  await field.fill('MEETING');
  await expect(bar.locator('#switcher-menu a:visible')).toHaveText([`meeting_rooms ${second}`]);
  await page.keyboard.press('ArrowDown');
  await expect(bar.getByRole('link', { name: `meeting_rooms ${second}` })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`app=${second}`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usage statistics · meeting_rooms');
  await expect(page).toHaveTitle('Usage statistics · meeting_rooms · TRTC Console');
});

test('a password asked over a dialog keeps the dialog, the focus and what was typed', async ({ open, trap }) => {
  trap.expect(401, '/call/users/attach');
  trap.expect(422, '/call/session/prove');
  const root = await open('root');
  const who = await newPerson(root);
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  await visit(root, `/cam/users/${who.uin}`);
  // As if the last proof were too old; everything after that is the server's own.
  await root.route('**/call/users/attach', (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '"Reauthenticate"' }), { times: 1 });
  await root.locator('summary').filter({ hasText: 'Attach policies' }).click();
  const attach = root.getByRole('dialog', { name: 'Attach policies' });
  await attach.getByLabel(policy.name).check();
  await attach.getByRole('button', { name: 'Attach' }).click();
  const proof = root.getByRole('dialog', { name: 'Confirm your password' });
  await expect(proof).toBeVisible();
  const password = proof.getByLabel('Your password');
  await expect(password).toBeFocused();
  // The focus stays within, whichever way it goes.
  for (let step = 0; step < 6; step += 1) {
    await root.keyboard.press('Tab');
    expect(await root.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement?.closest('.over-page')))).toBe(true);
  }
  await password.fill('not the password');
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof.getByRole('alert')).toBeVisible();
  await password.fill(login('root').password);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof).toBeHidden();
  await expect(attach.getByLabel(policy.name)).toBeChecked();
  await attach.getByRole('button', { name: 'Attach' }).click();
  await expect(attach).toBeHidden();
  await expect(root.getByRole('table', { name: 'Policies' }).getByRole('link', { name: policy.name })).toBeVisible();
});

test('an account without permissions is told what to do, and begins where it may once it has some', async ({ open, page }) => {
  const root = await open('root');
  const who = await newPerson(root);
  await logIn(page, who);
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('main')).toContainText('have any permissions yet');
  const policy = await newPolicy(root, 'cam:GetAccountSummary');
  expect((await call(root, 'users/attach', { uin: who.uin, 'policies[]': policy.id })).status()).toBe(200);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('main')).not.toContainText('have any permissions yet');
  await page.getByRole('link', { name: 'TRTC Console' }).click();
  await expect(page).toHaveURL('/cam');
});

test('rights withdrawn while a form is open: it is refused, says so, and keeps what was typed', async ({ open, page, trap }) => {
  const root = await open('root');
  const reading = await newPolicy(root, 'trtc:Describe*');
  const editing = await newPolicy(root, 'trtc:ModifyAppInfo');
  const who = await newPerson(root, reading);
  expect((await call(root, 'users/attach', { uin: who.uin, 'policies[]': editing.id })).status()).toBe(200);
  await logIn(page, who);
  await visit(page, `/apps/${own()}`);
  await page.locator('summary').filter({ hasText: 'Edit' }).first().click();
  const dialog = page.getByRole('dialog').first();
  await dialog.getByLabel('Description').fill('typed with care');
  expect((await call(root, 'users/detach', { uin: who.uin, policy: editing.id })).status()).toBe(200);
  trap.expect(403, '/call/apps/edit');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('trtc:ModifyAppInfo');
  await expect(dialog.getByLabel('Description')).toHaveValue('typed with care');
  await expect(page.getByText('Your permissions changed while this page was open')).toBeAttached();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Reload the page' }).click();
  await expect(page.getByText('Read only')).toBeVisible();
  const view = await (await ask(root, 'apps/view', { id: own() })).text();
  expect(view).not.toContain('typed with care');
});
