// Who can do what, and why not: asked by root with and without scripts, and never told to who may not read policies.

import { accessible, expect, login, test, visit } from '../kit';
import { call, newPerson, newPolicy, unique } from '../organisation';

const app = () => login('application').apps[0];

test('root asks who can, follows why not, and finds the condition that failed', async ({ open }) => {
  const root = await open('root');
  const name = unique('from-office');
  const office = JSON.stringify({
    version: '2.0',
    statement: [{ effect: 'allow', action: ['trtc:AlterRecording'], resource: '*', condition: { ip_equal: { 'qcs:ip': '203.0.113.0/24' } } }],
  });
  const made = await call(root, 'policies/create', { name, document: office });
  const person = await newPerson(root, { name, id: await made.json() });

  await visit(root, '/cam/who-can');
  await root.getByRole('combobox', { name: 'Who can' }).fill('trtc:AlterRecording');
  await root.locator('select[name=app]').selectOption(String(app()));
  await root.getByRole('button', { name: 'Ask' }).click();
  await expect(root).toHaveURL(/action=trtc%3AAlterRecording/);
  const row = root.getByRole('row', { name: person.username });
  await expect(row).toContainText('direct');
  await expect(row).toContainText(`${name} statement 1`);
  await expect(row).toContainText('from 203.0.113.0/24');
  await accessible(root);

  const file = await root.request.get(await root.getByRole('link', { name: 'Export CSV' }).getAttribute('href').then((href) => href ?? ''));
  expect(await file.text()).toContain(`conditional,${person.uin},${person.username},allow,direct,`);

  const why = root.getByRole('form', { name: 'Why not?' });
  await why.getByLabel('User name or UIN').fill(person.username);
  await why.getByRole('button', { name: 'Explain' }).click();
  await expect(root).toHaveURL(/tab=simulator/);
  await root.locator('summary').filter({ hasText: 'Circumstances' }).click();
  await root.getByLabel(/From IP address/).fill('198.51.100.7');
  await root.getByRole('button', { name: 'Simulate' }).click();
  const nearest = root.locator('.trace').first();
  await expect(nearest).toContainText('nearest');
  await expect(nearest.locator('.trace-failed')).toContainText('198.51.100.7');
  await expect(root.getByText('What would allow it')).toBeVisible();
  await accessible(root);
});

test('what one person may do, and what differs between two, works without scripts', async ({ open }) => {
  const root = await open('root', { javaScriptEnabled: false });
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList', 'trtc:DescribeSdkAppInfo');
  const person = await newPerson(root, policy);
  await root.goto(`/cam/users/${person.uin}`);
  await root.getByRole('link', { name: 'What may this user do?' }).click();
  await expect(root).toHaveURL(new RegExp(`tab=person&person=${person.uin}$`));
  const info = root.getByRole('row', { name: 'Application info' });
  await expect(info.getByText('Yes').first()).toBeVisible();
  await expect(root.getByRole('row', { name: 'Change on-cloud recording' }).getByText('No').first()).toBeVisible();

  await root.getByRole('link', { name: 'What differs between two' }).click();
  await root.getByLabel('Compared with').fill(login('operation').username);
  await root.getByRole('button', { name: 'Show' }).click();
  await expect(root.getByRole('row', { name: 'Usage statistics' })).toBeVisible();
  await expect(root.getByRole('row', { name: 'Create user' })).toHaveCount(0);
});

test('who may not read policies has no such page', async ({ open, trap }) => {
  const person = await open('application');
  await visit(person, '/usage');
  await expect(person.getByRole('link', { name: 'Who can' })).toHaveCount(0);
  trap.expect(403, '/cam/who-can');
  expect((await person.goto('/cam/who-can?action=trtc:AlterRecording'))?.status()).toBe(403);
  await expect(person.getByText('classroom-everything')).toHaveCount(0);
});
