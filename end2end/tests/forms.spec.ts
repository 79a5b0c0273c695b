// The console without scripts: forms post, come back with what was typed, and say what is wrong.

import { expect, logIn, login, test, visit } from '../kit';
import { ask, call, document, newPerson, newPolicy, unique } from '../organisation';

const PLAIN = { javaScriptEnabled: false };
test.use(PLAIN);

test('login by the form', async ({ page }) => {
  await logIn(page, login('auditor'));
  await page.goto('/account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My account');
  await expect(page.getByRole('main')).toContainText('auditor');
});

test('a user group is created; a name that is taken comes back with what was typed', async ({ open, trap }) => {
  const page = await open('root', PLAIN);
  const name = unique('group');
  const create = async () => {
    await page.goto('/cam/groups');
    await page.getByText('Create user group').first().click();
    const dialog = page.getByRole('dialog', { name: 'Create user group' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Remark').fill('无脚本');
    await dialog.getByRole('button', { name: 'Create' }).click();
    return dialog;
  };
  await create();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  trap.expect(409, '/call/groups/create');
  trap.expect(422, '/call/groups/create');
  const dialog = await create();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expect(dialog.getByLabel('Name')).toHaveValue(name);
  await expect(dialog.getByLabel('Remark')).toHaveValue('无脚本');
});

test('a user is created and the credential shown; a wrong name comes back beside its field', async ({ open, trap }) => {
  const page = await open('root', PLAIN);
  await page.goto('/cam/users/new');
  await page.getByLabel('User name').fill('not a name');
  await page.getByLabel('Remark').fill('无脚本');
  trap.expect(422, '/call/users/create');
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('User name')).toHaveValue('not a name');
  await expect(page.getByLabel('User name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Remark')).toHaveValue('无脚本');
  const name = unique('plain');
  await page.getByLabel('User name').fill(name);
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByRole('heading', { name: 'The user was created' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Download CSV' })).toHaveAttribute('href', new RegExp(`${name}.*%22`));
});

test('an application is created, disabled and deleted', async ({ open, trap }) => {
  const page = await open('root', PLAIN);
  await page.goto('/apps');
  await page.getByText('Create application').first().click();
  let dialog = page.getByRole('dialog', { name: 'Create application' });
  await dialog.getByLabel('Name', { exact: true }).fill('no-hyphens');
  await dialog.getByLabel('Description').fill('无脚本');
  trap.expect(422, '/call/apps/create');
  await dialog.getByRole('button', { name: 'Create application' }).click();
  await dialog.getByRole('alert').getByRole('link', { name: /^Name: / }).click();
  await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
  await expect(dialog.getByLabel('Description')).toHaveValue('无脚本');
  await dialog.getByLabel('Name', { exact: true }).fill('without_scripts');
  await dialog.getByRole('button', { name: 'Create application' }).click();
  await expect(page.getByText(/Application \d+ was created\./)).toBeVisible();
  await page.getByRole('link', { name: 'without_scripts' }).click();
  await page.getByText('Disable', { exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable application' }).click();
  await page.getByText('Delete', { exact: true }).click();
  dialog = page.getByRole('dialog', { name: 'Delete application without_scripts?' });
  await dialog.getByRole('textbox').fill(new URL(page.url()).pathname.replace('/apps/', ''));
  await dialog.getByRole('button', { name: 'Delete application' }).click();
  await expect(page.getByText(/^Application \d+ was deleted\.$/)).toBeVisible();
});

test('what somebody else has written meanwhile is told before it is overwritten, and what was typed stays', async ({ open, trap }) => {
  const [root, other] = [await open('root', PLAIN), await open('root', { javaScriptEnabled: true })];
  const id = login('application').apps[0];
  const path = `/apps/${id}`;
  const { app: was } = await (await ask(root, 'apps/view', { id })).json();
  const edit = async (page: typeof root, description: string) => {
    await page.getByText('Edit', { exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit application' });
    await dialog.getByLabel('Description').fill(description);
    await dialog.getByRole('button', { name: 'Save' }).click();
    return dialog;
  };
  // With scripts and without, both from the same state.
  await Promise.all([root.goto(path), visit(other, path)]);
  await edit(root, 'first');
  await expect(root.getByRole('main')).toContainText('first');
  trap.expect(409, '/call/apps/edit');
  let dialog = await edit(other, 'second');
  await expect(dialog.getByRole('alert')).toContainText('with the description “first”');
  await expect(dialog.getByLabel('Description')).toHaveValue('second');
  await dialog.getByLabel('I understand and want to continue').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByText('Saved.')).toBeVisible();
  await root.goto(path);
  expect((await call(other, 'apps/edit', { id, name: was.name, description: 'third' })).status()).toBe(200);
  dialog = await edit(root, 'fourth');
  await expect(dialog.getByRole('alert')).toContainText('with the description “third”');
  await expect(dialog.getByLabel('Description')).toHaveValue('fourth');
  await dialog.getByLabel('Description').fill(was.description);
  await dialog.getByLabel('I understand and want to continue').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(root.getByRole('main')).toContainText(was.description);
});

test('a policy with an error is not saved; its text and what is wrong with it are kept', async ({ open, trap }) => {
  const page = await open('root', PLAIN);
  const policy = await newPolicy(page, 'trtc:DescribeAppStatList');
  await page.goto(`/cam/policies/${policy.id}/edit`);
  const field = page.locator('[name=document]');
  const wrong = document('trtc:NoSuchAction');
  await field.fill(wrong);
  await page.getByRole('button', { name: 'Review and save' }).click();
  await expect(page.getByRole('main')).toContainText('1 error');
  await expect(page.getByRole('main')).toContainText('trtc:NoSuchAction');
  trap.expect(422, '/call/policies/save');
  // The button says that it does not work; without scripts it sends all the same, and the server refuses.
  await page.getByRole('button', { name: 'Save v2' }).press('Enter');
  await expect(page.getByRole('alert')).toContainText('trtc:NoSuchAction');
  await page.getByRole('link', { name: 'Back to the editor' }).click();
  await expect(field).toHaveValue(wrong);
  await field.fill(document('trtc:DescribeAppStatList', 'trtc:DescribeTrtcStatistic'));
  await page.getByRole('button', { name: 'Review and save' }).click();
  await page.getByRole('button', { name: 'Save v2' }).click();
  await expect(page).toHaveURL(new RegExp(`/cam/policies/${policy.id}$`));
  await expect(page.getByRole('main')).toContainText('trtc:DescribeTrtcStatistic');
});

test('language and theme are switched by forms and kept with the account', async ({ open }) => {
  const root = await open('root', PLAIN);
  const who = await newPerson(root);
  const page = await open(who, PLAIN);
  await page.goto('/account?from=here');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: '切换到中文' }).click();
  await expect(page).toHaveURL('/account?from=here');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('我的账号');
  await page.getByRole('button', { name: '主题' }).click();
  await page.getByRole('button', { name: '深色' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  // Another browser of the same account, without any cookie of this one.
  const other = await open(who, PLAIN);
  await other.goto('/account');
  await expect(other.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
});
