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
  await expect(row).toContainText('Address is in 203.0.113.0/24');
  await accessible(root);

  const file = await root.request.get(await root.getByRole('link', { name: 'Export CSV' }).getAttribute('href').then((href) => href ?? ''));
  expect(await file.text()).toContain(`conditional,${person.uin},${person.username},allow,direct,`);

  const why = root.getByRole('form', { name: 'Why not?' });
  await why.getByLabel('User name or UIN').fill(person.username);
  await why.getByRole('button', { name: 'Explain' }).click();
  await expect(root).toHaveURL(/tab=simulator/);
  const simulator = root.getByRole('form', { name: 'Simulator' });
  await simulator.locator('summary').filter({ hasText: 'Circumstances' }).click();
  await simulator.getByLabel(/From IP address/).fill('198.51.100.7');
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

test('several users are tried out side by side, and a list from a file all at once', async ({ open }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  const [can, cannot] = [await newPerson(root, policy), await newPerson(root)];
  await visit(root, '/cam/who-can?tab=simulator');
  await root.getByLabel('User names or UINs').fill(`${can.username}, ${cannot.username}`);
  await root.getByLabel('Actions, separated by commas').fill('trtc:DescribeAppStatList, trtc:DismissRoom');
  await root.getByRole('button', { name: 'Simulate' }).click();
  const row = (name: string) => root.getByRole('table', { name: 'Requests by user' }).getByRole('row', { name });
  await expect(row(can.username).getByRole('cell')).toHaveText(['Allowed', 'Implicit deny']);
  await expect(row(cannot.username).getByRole('cell')).toHaveText(['Implicit deny', 'Implicit deny']);
  await accessible(root);

  const list = `user,action,on\n${can.username},trtc:DescribeAppStatList,${app()}\nnobody,trtc:DismissRoom,\n`;
  await root.getByLabel('Or load from a file:').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list) });
  await expect(root.getByLabel('Requests', { exact: true })).toHaveValue(list);
  const download = root.waitForEvent('download');
  await root.getByRole('button', { name: 'Download the decisions' }).click();
  const file = await (await download).createReadStream();
  let text = '';
  for await (const chunk of file) text += chunk;
  expect(text).toContain(`${can.username},trtc:DescribeAppStatList,${app()},allow,direct,`);
  expect(text).toContain('nobody,trtc:DismissRoom,,,,,,,There is no user of this name or UIN.');

  await row(can.username).getByRole('link', { name: 'Allowed' }).click();
  await expect(root.getByRole('heading', { name: 'Decision' })).toBeVisible();
});

test('who may not read policies has no such page', async ({ open, trap }) => {
  const person = await open('application');
  await visit(person, '/usage');
  await expect(person.getByRole('link', { name: 'Who can' })).toHaveCount(0);
  trap.expect(403, '/cam/who-can');
  expect((await person.goto('/cam/who-can?action=trtc:AlterRecording'))?.status()).toBe(403);
  await expect(person.getByText('classroom-everything')).toHaveCount(0);
});
