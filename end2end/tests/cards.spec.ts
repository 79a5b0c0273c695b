// The visual editor: a policy written by clicking, text and cards saying the same at any moment, and what cards cannot show kept as it is.

import { text, write } from '../editor';
import { accessible, expect, login, test, visit } from '../kit';
import { author } from '../organisation';

const wide = { width: 1280, height: 1600 };

test('a policy is written by clicking, and the text says what the cards say', async ({ open }) => {
  const page = await author(open);
  await page.setViewportSize(wide);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await page.getByRole('button', { name: 'Visual' }).click();
  const first = page.getByRole('region', { name: 'Statement 1' });
  await expect(first).toBeVisible();
  // Drawn by the browser, not by the server.
  await expect(first.locator('.statement-tools svg').first()).toBeVisible();
  await first.getByRole('button', { name: 'Add actions' }).click();
  await first.getByLabel('Search actions by name or meaning').fill('DescribeAppStatList');
  await first.getByRole('button', { name: 'trtc:DescribeAppStatList' }).click();
  await expect(first.getByText('List: 1 of')).toBeVisible();
  // Enter in a field of a card adds, and never sends the form.
  await first.getByLabel('Action or pattern').fill('trtc:DescribeRoom*');
  await first.getByLabel('Action or pattern').press('Enter');
  await expect(first.getByText('Patterns and others')).toBeVisible();
  await first.getByRole('button', { name: 'Add actions' }).click();
  const [app] = login('application').apps;
  await first.getByRole('button', { name: 'Add applications' }).click();
  await first.getByLabel('Search applications by name or SDKAppID').fill(String(app));
  await first.getByRole('button', { name: String(app) }).click();
  await expect(first.getByText(/1 of \d+ applications/)).toBeVisible();
  await first.getByRole('button', { name: 'Address' }).click();
  await first.getByLabel('Addresses or networks').fill('203.0.113.0/24');
  await first.getByRole('button', { name: 'Add', exact: true }).last().click();
  await expect(first.getByText('Address is in')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Add deny statement' }).click();
  const second = page.getByRole('region', { name: 'Statement 2' });
  await expect(second.getByRole('button', { name: 'Deny' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(second).toHaveCount(0);
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  const root = login('root').owner;
  expect(JSON.parse(await text(page))).toEqual({
    version: '2.0',
    statement: [
      {
        effect: 'allow',
        action: ['trtc:DescribeAppStatList', 'trtc:DescribeRoom*'],
        resource: [`qcs::trtc::uin/${root}:sdkappid/${app}`],
        condition: { ip_equal: { 'qcs:ip': ['203.0.113.0/24'] } },
      },
    ],
  });
});

test('what cards cannot show stays as it is, and a text that is no JSON is left alone', async ({ open }) => {
  const page = await author(open);
  await page.setViewportSize(wide);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  const odd = '{"version":"2.0",  "statement":{ "condition":{"numeric_equal":{"k":[ 1 ]}},\n"resource":"*","action":"trtc:*", "effect":"allow"}}';
  await write(page, odd);
  await page.getByRole('button', { name: 'Visual' }).click();
  const card = page.getByRole('region', { name: 'Statement 1' });
  await expect(card.locator('.statement-text')).toHaveText('"k":[ 1 ]');
  await card.getByRole('button', { name: 'Deny', exact: true }).click();
  await card.getByRole('button', { name: /Edit in Text, line 1/ }).click();
  await expect(page.locator('.cm-editor')).toBeVisible();
  expect(await text(page)).toBe(odd.replace('"allow"', '"deny"'));
  await write(page, '{"version"');
  await page.getByRole('button', { name: 'Visual' }).click();
  await expect(page.getByText('This text cannot be shown as cards')).toBeVisible();
  await page.getByRole('button', { name: 'Fix it in Text' }).click();
  expect(await text(page)).toBe('{"version"');
});

test('cards lose nothing that was written before: values are added, statements move with what is open in them, every step can be taken back', async ({ open }) => {
  const page = await author(open);
  await page.setViewportSize(wide);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  const statement = (action: string) => ({
    effect: 'allow',
    action: [action],
    resource: ['*'],
    condition: { ip_not_equal: { 'qcs:ip': ['192.0.2.1'] } },
  });
  const before = JSON.stringify({ version: '2.0', statement: [statement('trtc:DescribeAppStatList'), statement('trtc:DescribeSdkAppInfo')] });
  await write(page, before);
  await page.getByRole('button', { name: 'Visual' }).click();
  const [first, second] = [1, 2].map((number) => page.getByRole('region', { name: `Statement ${number}` }));
  await expect(second).toBeVisible();

  // An address beside the one that is there.
  await first.getByRole('button', { name: 'Address' }).click();
  await first.getByLabel('How the address counts').selectOption('out');
  await first.getByLabel('Addresses or networks').fill('198.51.100.0/24, 203.0.113.9');
  await first.getByLabel('Addresses or networks').press('Enter');
  await expect(first.getByText('198.51.100.0/24')).toBeVisible();
  const addresses = async () => JSON.parse(await text(page)).statement.map((one: ReturnType<typeof statement>) => one.condition.ip_not_equal['qcs:ip']);
  expect(await addresses()).toEqual([['192.0.2.1', '198.51.100.0/24', '203.0.113.9'], ['192.0.2.1']]);

  // What is half typed and open stays with its statement, through checks and moves.
  await second.getByLabel('Another value').fill('2001:db8::');
  await second.getByRole('button', { name: 'Add actions' }).click();
  await first.getByRole('button', { name: 'Deny', exact: true }).click();
  await expect(page.locator('#findings-counts')).toBeVisible();
  await expect(second.getByLabel('Another value')).toHaveValue('2001:db8::');
  await second.getByRole('button', { name: 'Move statement up 2' }).click();
  await expect(first).toBeFocused();
  await expect(first.getByLabel('Another value')).toHaveValue('2001:db8::');
  await expect(first.getByLabel('Action or pattern')).toBeVisible();
  await expect(second.getByLabel('Action or pattern')).toHaveCount(0);
  await first.getByLabel('Another value').press('Enter');
  expect(await addresses()).toEqual([
    ['192.0.2.1', '2001:db8::'],
    ['192.0.2.1', '198.51.100.0/24', '203.0.113.9'],
  ]);
  await first.getByRole('button', { name: 'Remove condition' }).click();
  await expect(first.getByRole('button', { name: 'MFA' })).toBeFocused();
  await first.getByRole('button', { name: 'Remove statement 1' }).click();
  await expect(first).toBeFocused();
  await first.getByRole('button', { name: 'Remove statement 1' }).click();
  await expect(page.getByRole('button', { name: 'Add allow statement' })).toBeFocused();

  // Each step back, also from the text, to what was there at first.
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await page.getByRole('button', { name: 'Visual' }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  for (let steps = 0; steps < 7; steps += 1) await undo.click();
  expect(await text(page)).toBe(before);

  // Enter in a field of a card never sends the form, and a text that is not in sight is asked for.
  await first.getByRole('button', { name: 'Time window' }).click();
  await first.getByLabel('From', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/\/cam\/policies\/new$/);
  await expect(page.getByRole('alert')).toHaveCount(0);
});
