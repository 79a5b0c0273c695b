// View as: root sees what a sub-account sees, can change nothing by it, and both names are recorded.

import { accessible, expect, test, visit } from '../kit';
import { call, newPerson, newPolicy } from '../organisation';

test('root sees the console as a sub-account, read-only, and stops', async ({ open, trap }) => {
  const root = await open('root');
  const person = await newPerson(root, await newPolicy(root, 'trtc:DescribeAppStatList', 'cam:ListUsers'));
  await visit(root, `/cam/users/${person.uin}`);
  // The page that is led to may ask for its figures before it knows as whom.
  trap.expect(403, '/call/usage/overview');
  await root.getByRole('button', { name: 'View as' }).click();
  const banner = root.getByRole('region', { name: 'View as' });
  await expect(banner).toContainText(person.username);
  const navigation = root.getByRole('navigation', { name: 'Main' });
  await expect(navigation.getByRole('link', { name: 'Users' })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'Policies' })).toHaveCount(0);
  await navigation.getByRole('link', { name: 'Users' }).click();
  await expect(root).toHaveURL(/\/cam\/users$/);
  await expect(root.getByRole('link', { name: 'Create user' })).toHaveCount(0);
  await banner.locator('summary').click();
  await expect(banner).toContainText('cam:AddUser');
  await accessible(root);
  trap.expect(403, /.*/);
  expect((await call(root, 'apps/create', { name: 'never' })).ok()).toBe(false);
  expect((await root.goto('/cam/policies'))?.status()).toBe(403);
  await expect(root.getByRole('region', { name: 'View as' })).toBeVisible();
  await root.getByRole('button', { name: 'Stop viewing' }).click();
  await expect(root.getByRole('region', { name: 'View as' })).toHaveCount(0);
  await expect(root.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Policies' })).toBeVisible();
  await visit(root, '/audit?range=1h');
  await expect(root.getByRole('main')).toContainText('View the console as a sub-account');
});
