// Promises about rights: a change that breaks one is refused and names the person, and the root account alone gets past it, with a reason.

import { accessible, expect, test, visit } from '../kit';
import { call, newPerson, newPolicy, unique } from '../organisation';

test('a promise is written, holds up who breaks it, is set aside with a reason and stands in the records', async ({ open, trap }) => {
  const root = await open('root');
  const breaking = await newPolicy(root, 'trtc:DismissRoom');
  const vera = await newPerson(root);
  const administrator = await open(await newPerson(root, await newPolicy(root, 'cam:*', 'trtc:DescribeAppStatList')));
  const group = unique('vendors');
  const made = await call(root, 'groups/create', { name: group });
  expect(made.ok(), await made.text()).toBe(true);
  await visit(root, `/cam/groups?search=${group}`);
  const path = (await root.getByRole('link', { name: group }).getAttribute('href'))!;
  const id = path.split('/').pop()!;
  expect((await call(root, 'groups/add-users', { id, 'users[]': vera.uin })).ok()).toBe(true);

  await visit(root, '/cam/promises');
  await root.locator('summary', { hasText: 'Create promise' }).click();
  const dialog = root.getByRole('dialog', { name: 'Create promise' });
  const name = unique('promise');
  await dialog.locator('[name=name]').fill(name);
  await dialog.locator('[name=who]').selectOption(`group:${id}`);
  await dialog.locator('[name=what]').selectOption('trtc:DismissRoom');
  await accessible(root);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const row = root.locator('tr', { hasText: name });
  await expect(row).toContainText(`User group ${group} may never perform trtc:DismissRoom on any application.`);
  await expect(row).toContainText('Kept');
  await accessible(root);

  const attach = { id, 'policies[]': breaking.id };
  trap.expect(409, '/call/groups/attach');
  const refused = await call(root, 'groups/attach', attach);
  expect(refused.status()).toBe(409);
  expect(await refused.text()).toContain(`${vera.username} can perform trtc:DismissRoom`);

  // Somebody else is not offered to set it aside, and may not.
  await visit(administrator, '/cam/promises');
  await expect(administrator.locator('tr', { hasText: name })).toContainText('Kept');
  await expect(administrator.locator(`summary[aria-label="Set aside ${name}"]`)).toHaveCount(0);
  expect((await call(administrator, 'groups/attach', attach)).status()).toBe(409);

  await root.locator(`summary[aria-label="Set aside ${name}"]`).click();
  const question = root.getByRole('dialog', { name: `Set promise ${name} aside?` });
  await question.locator('[name=reason]').fill('The vendor replaces the night shift.');
  await question.getByRole('button', { name: 'Set aside' }).click();
  await expect(row).toContainText('The vendor replaces the night shift.');
  expect((await call(administrator, 'groups/attach', attach)).status()).toBe(409);
  expect((await call(root, 'groups/attach', attach)).status()).toBe(200);
  await root.reload();
  await expect(row).toContainText('Broken');
  await expect(row.getByRole('link', { name: breaking.name })).toBeVisible();

  await visit(root, '/audit');
  await root.locator('tr', { hasText: 'AttachGroupPolicy' }).first().getByRole('link').first().click();
  await expect(root.getByRole('main')).toContainText('The vendor replaces the night shift.');
  await expect(root.getByRole('main')).toContainText(name);

  await visit(root, '/cam/promises');
  await root.locator(`summary[aria-label="Delete ${name}"]`).click();
  await root.getByRole('dialog', { name: `Delete promise ${name}?` }).getByRole('button', { name: 'Delete promise' }).click();
  await expect(row).toHaveCount(0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a promise is written and deleted', async ({ open }) => {
    const root = await open('root', { javaScriptEnabled: false });
    const person = await newPerson(root);
    await root.goto('/cam/promises');
    await root.locator('summary', { hasText: 'Create promise' }).click();
    const dialog = root.locator('#create');
    const name = unique('plain');
    await dialog.locator('[name=name]').fill(name);
    await dialog.locator('[name=who]').selectOption(`user:${person.uin}`);
    await dialog.locator('[name=expects]').selectOption('may');
    await dialog.locator('[name=what]').selectOption('page:apps');
    await dialog.locator('[name=place]').selectOption('all');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const row = root.locator('tr', { hasText: name });
    await expect(row).toContainText('Broken');
    await expect(row).toContainText(`${person.username} cannot perform trtc:DescribeAppStatList`);
    await root.locator(`summary[aria-label="Delete ${name}"]`).click();
    await row.getByRole('button', { name: 'Delete promise' }).click();
    await expect(row).toHaveCount(0);
  });
});
