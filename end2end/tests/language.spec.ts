// The reference of the policy language: reached from the editor in a tab of its own, searched, linked to, and whole without scripts.

import { accessible, expect, test, visit } from '../kit';
import { author } from '../organisation';

test('an author opens the reference beside the editor, searches it, and finds an example that says what it allows', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Policy language (opens in a new tab)' }).click();
  const reference = await opened;
  await expect(reference).toHaveURL('/cam/language');
  await expect(reference.getByRole('heading', { level: 1, name: 'Policy language' })).toBeVisible();
  await accessible(reference);

  await reference.getByRole('searchbox', { name: 'Name or meaning' }).fill('second factor');
  await reference.getByRole('button', { name: 'Search' }).click();
  await expect(reference).toHaveURL(/q=second/);
  await expect(reference.getByRole('status').filter({ hasText: '2 found' })).toBeVisible();
  const mfa = reference.getByRole('listitem').filter({ has: reference.getByRole('heading', { name: 'qcs:mfa', exact: true }) });
  await expect(mfa).toContainText('"qcs:mfa": "1"');
  await expect(mfa.getByRole('listitem').filter({ hasText: 'Not allowed' })).toContainText('qcs:mfa = 0');
});

test('the reference needs no scripts, fits a phone, and is not there for who has nothing to do with policies', async ({ open, trap }) => {
  const root = await open('root', { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  await root.goto('/cam/language?q=ip_');
  await expect(root.getByRole('heading', { level: 3, name: 'ip_equal', exact: true })).toBeVisible();
  await expect(root.getByRole('heading', { level: 3, name: 'bool_equal' })).toHaveCount(0);
  await root.goto('/cam/language#keys');
  await expect(root.locator('#keys')).toBeInViewport();
  expect(await root.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  const operator = await open('operation');
  trap.expect(403, '/cam/language');
  await operator.goto('/cam/language');
  await expect(operator.getByText('cam:GetPolicy').first()).toBeVisible();
});
