// Rights that change while people work: granted in the editor, taken away over an open form, an account disabled.

import { write } from '../editor';
import { accessible, expect, login, test, visit } from '../kit';
import { ask, call, detach, document, newPerson, newPolicy, takeAway } from '../organisation';

const app = () => login('application').apps[0];

test('a policy that root extends in the editor counts for the other account from its next request', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const person = await open(await newPerson(root, policy));
  const path = `/apps/${app()}`;
  trap.expect(403, path);
  expect((await person.goto(path))?.status()).toBe(403);

  await visit(root, `/cam/policies/${policy.id}/edit`);
  await expect(root.locator('.cm-editor')).toBeVisible();
  await write(root, document('trtc:DescribeAppStatList', 'trtc:DescribeSdkAppInfo'));
  await root.getByRole('button', { name: 'Review and save' }).click();
  await root.getByRole('button', { name: 'Save v2' }).click();
  await expect(root).toHaveURL(new RegExp(`/cam/policies/${policy.id}$`));

  expect((await person.reload())?.status()).toBe(200);
  await expect(person.getByRole('heading', { level: 1 })).toHaveText('classroom_live');
  await expect(person.getByText('Read only')).toBeVisible();
});

test('a version that is put in force again takes back what the newer one gave', async ({ open }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const person = await open(await newPerson(root, policy));
  const wider = document('trtc:DescribeAppStatList', 'trtc:HardDescribeMixConf');
  const saved = await call(root, 'policies/save', { id: policy.id, document: wider, set_default: true, base: 1 });
  expect(saved.status()).toBe(200);
  expect((await ask(person, 'features/view', { id: app() })).status()).toBe(200);
  await visit(root, `/cam/policies/${policy.id}?tab=versions`);
  await root.locator('tr', { hasText: 'v1' }).first().locator('summary').filter({ hasText: 'Set as default' }).click();
  await root.getByRole('dialog').getByRole('button', { name: 'Set as default' }).click();
  await expect(root.locator('tr').filter({ has: root.getByText('Default', { exact: true }) })).toContainText('v1');
  expect((await ask(person, 'features/view', { id: app() })).status()).toBe(403);
});

test('a right taken away over an open form: the next action is refused, says so, and keeps what was typed', async ({ open, trap }) => {
  const root = await open('root');
  const reading = await newPolicy(root, 'trtc:DescribeAppStatList', 'trtc:DescribeSdkAppInfo');
  const editing = await newPolicy(root, 'trtc:ModifyAppInfo');
  const who = await newPerson(root, reading);
  expect((await call(root, 'users/attach', { uin: who.uin, 'policies[]': editing.id })).status()).toBe(200);
  const person = await open(who);
  await visit(person, `/apps/${app()}`);
  await person.locator('summary').filter({ hasText: 'Edit' }).first().click();
  const dialog = person.getByRole('dialog', { name: 'Edit application' });
  await dialog.getByLabel('Description').fill('typed before the right was gone');

  await visit(root, `/cam/users/${who.uin}`);
  await detach(root, editing.name);
  await expect(takeAway(root, `Detach ${editing.name}`)).toHaveCount(0);

  trap.expect(403, '/call/apps/edit');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('not authorized to perform trtc:ModifyAppInfo on qcs::trtc');
  await expect(dialog.getByLabel('Description')).toHaveValue('typed before the right was gone');
  // Locked in place, with the reason; what was typed can still be copied.
  const save = dialog.getByRole('button', { name: 'Save' });
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expect(save).toHaveAccessibleDescription(/You no longer have permission for this/);
  await accessible(person);
  await person.keyboard.press('Escape');
  const edit = person.locator('#edit-app > summary');
  await expect(edit).toHaveAttribute('aria-disabled', 'true');
  await expect(person.getByText('Your permissions changed while this page was open')).toBeVisible();
  await edit.click();
  await expect(dialog).toBeHidden();
  await accessible(person);

  await visit(person, `/apps/${app()}`);
  await expect(person.getByText('Lessons for small groups')).toBeVisible();
  await expect(person.getByText('Read only')).toBeVisible();
  await expect(person.getByRole('main').locator('summary')).toHaveCount(0);
});

test('who sees no totals is sent to the usage of single applications only where that page opens', async ({ open }) => {
  const root = await open('root');
  for (const [actions, links] of [
    [['trtc:DescribeAppStatList'], 0],
    [['trtc:DescribeAppStatList', 'trtc:DescribeTrtcRoomUsage'], 1],
  ] as const) {
    const person = await open(await newPerson(root, await newPolicy(root, ...actions)));
    await visit(person, '/');
    await expect(person.getByRole('main')).toContainText('You need trtc:DescribeTrtcStatistic');
    await expect(person.getByRole('link', { name: 'See the usage of your applications' })).toHaveCount(links);
  }
});

test('a refusal with several ways in says which grants belong together, and asks for one of the ways', async ({ open, trap }) => {
  trap.expect(403, '/usage');
  const person = await open(await newPerson(await open('root')));
  await visit(person, '/usage');
  const ways = person.locator('.refusal-ways > li');
  await expect(ways).toHaveCount(2);
  for (const way of await ways.all()) await expect(way).toContainText(/trtc:DescribeAppStatList.*and trtc:/s);
  await expect(person.getByRole('main')).toContainText('for one of the grants listed above');
  await accessible(person);
});

test('who would lose the own rights is asked in the row that does it, and goes on by a tick', async ({ open, trap }) => {
  const root = await open('root');
  const [administering, reading] = [await newPolicy(root, 'cam:*'), await newPolicy(root, 'trtc:DescribeAppStatList')];
  const who = await newPerson(root, administering);
  expect((await call(root, 'users/attach', { uin: who.uin, 'policies[]': reading.id })).status()).toBe(200);
  const person = await open(who);
  await visit(person, `/cam/users/${who.uin}`);
  const question = person.getByRole('dialog', { name: `Detach ${administering.name}?` });
  const box = person.getByLabel('I understand and want to continue');
  trap.expect(409, '/call/users/detach');
  await detach(person, administering.name);
  await expect(question.getByRole('alert')).toContainText('You would lose these permissions yourself: cam:');
  await expect(box).toHaveCount(1);
  await expect(box).toBeVisible();
  await accessible(person);
  await person.keyboard.press('Escape');

  // Another row is another question.
  await detach(person, reading.name);
  await expect(takeAway(person, `Detach ${reading.name}`)).toHaveCount(0);
  await expect(box).toHaveCount(0);

  await detach(person, administering.name);
  await box.check();
  trap.expect(403, /^\/call\//);
  await question.getByRole('button', { name: 'Detach' }).click();
  await expect(person.getByRole('heading', { name: /^You don't have access to / })).toBeVisible();
  await expect(person.getByRole('main')).toContainText('cam:GetUser');
});

test('recording everybody is confirmed by typing the SDKAppID', async ({ open }) => {
  const root = await open('root');
  await visit(root, `/apps/${app()}/features`);
  await root.locator('#recording-mode > summary').click();
  const dialog = root.getByRole('dialog');
  await expect(dialog).toContainText('every user who publishes audio or video');
  await accessible(root);
  await dialog.locator('[name=confirm]').fill(`${app()}`);
  await dialog.getByRole('button', { name: 'Record all users' }).click();
  const back = root.locator('summary', { hasText: 'Record specified users only' });
  await expect(back).toBeVisible();
  await back.click();
  await root.getByRole('dialog').getByRole('button', { name: 'Record specified users only' }).click();
  await expect(root.locator('summary', { hasText: 'Record all users' })).toBeVisible();
});

test('pages that are no longer permitted leave the navigation with the next step', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList', 'cam:ListGroups');
  const who = await newPerson(root, policy);
  const person = await open(who);
  await visit(person, '/account');
  const navigation = person.getByRole('navigation', { name: 'Main' });
  await expect(navigation.getByRole('link', { name: 'User groups' })).toBeVisible();
  expect((await call(root, 'users/detach', { uin: who.uin, policy: policy.id })).status()).toBe(200);
  trap.expect(403, /^\/call\//);
  await navigation.getByRole('link', { name: 'User groups' }).click();
  await expect(person.getByRole('heading', { name: /^You don't have access to / })).toBeVisible();
  await expect(person.getByRole('main')).toContainText('cam:ListGroups');
  await expect(navigation.getByRole('link', { name: 'User groups' })).toHaveCount(0);
});

test('a disabled account is out with its next request and back when it is enabled', async ({ open, trap }) => {
  const root = await open('root');
  const who = await newPerson(root, await newPolicy(root, 'trtc:DescribeAppStatList'));
  const person = await open(who);
  await visit(person, '/apps');
  await visit(root, `/cam/users/${who.uin}`);
  await root.locator('summary').filter({ hasText: 'Disable' }).click();
  await root.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(root.locator('summary').filter({ hasText: 'Enable' })).toBeVisible();

  expect((await ask(person, 'apps/list')).status()).toBe(401);
  await person.goto('/apps');
  await expect(person).toHaveURL(/\/login\?next=/);
  trap.expect(401, '/login');
  const form = { owner: who.owner, username: who.username, password: who.password };
  expect((await person.request.post('/login', { form, maxRedirects: 0 })).status()).toBe(401);
  expect((await call(root, 'users/disable', { uin: who.uin, disabled: false })).status()).toBe(200);
  expect((await person.request.post('/login', { form, maxRedirects: 0 })).status()).toBe(303);
});
