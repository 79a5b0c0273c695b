// Policies attached until a time: the end is asked for, shown wherever the policy is, and what it granted is gone at that moment.

import { expect, test, visit, accessible } from '../kit';
import { call, newPerson, newPolicy } from '../organisation';

/** A minute of tomorrow, as the field takes it and as pages say it. */
function tomorrow(): { typed: string; said: string } {
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  return { typed: `${day}T18:00`, said: `until ${day} 18:00 UTC+8` };
}

test('a policy is attached until a time, which users, policies and who can show', async ({ open }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'cam:ListUsers');
  const person = await newPerson(root);
  const { typed, said } = tomorrow();
  await visit(root, `/cam/users/${person.uin}`);
  await root.locator('#attach > summary').click();
  await root.getByLabel(policy.name).check();
  await root.getByLabel(/^Until \(UTC\+8\)/).fill(typed);
  await accessible(root);
  await root.getByRole('dialog').getByRole('button', { name: 'Attach' }).click();
  await expect(root.getByRole('row', { name: policy.name })).toContainText(said);
  await visit(root, `/cam/policies/${policy.id}?tab=used`);
  await expect(root.getByRole('row', { name: person.username })).toContainText(said);
  await accessible(root);
  await visit(root, `/cam/who-can?action=cam:ListUsers&q=${person.username}`);
  await expect(root.getByRole('row', { name: person.username })).toContainText(said);
});

test('a time that has passed is refused, with and without scripts', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'cam:ListUsers');
  const person = await newPerson(root);
  const plain = await open('root', { javaScriptEnabled: false });
  trap.expect(422, '/call/users/attach');
  for (const page of [root, plain]) {
    await page.goto(`/cam/users/${person.uin}`);
    await page.locator('#attach > summary').click();
    await page.getByLabel(policy.name).check();
    await page.getByLabel(/^Until \(UTC\+8\)/).fill('2020-01-01T00:00');
    await page.locator('#attach').getByRole('button', { name: 'Attach' }).click();
    await expect(page.locator('#attach .form-errors')).toContainText('Enter a time in the future.');
  }
});

test('what is attached for some seconds is gone after them', async ({ open, trap }) => {
  const root = await open('root');
  const policy = await newPolicy(root, 'cam:ListUsers');
  const person = await newPerson(root);
  const until = Date.now() + 8_000;
  expect((await call(root, 'users/attach', { uin: person.uin, 'policies[]': policy.id, until })).status()).toBe(200);
  const own = await open(person);
  expect((await own.goto('/cam/users'))?.status()).toBe(200);
  trap.expect(403, '/cam/users');
  await expect(async () => expect((await own.goto('/cam/users'))?.status()).toBe(403)).toPass({ timeout: 20_000 });
  expect(Date.now()).toBeGreaterThanOrEqual(until);
});
