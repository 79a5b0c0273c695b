// The review tries a draft on what people really did: who would be refused what they used is named before the save.

import { accessible, expect, login, test, visit } from '../kit';
import { author, call, document, newPerson, newPolicy } from '../organisation';

test('the review names who would be refused what they used', async ({ open }) => {
  const app = login('application').apps[0];
  const root = await open('root');
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList', 'trtc:DescribeSdkAppInfo');
  const person = await newPerson(root, policy);
  const page = await open(person);
  await visit(page, `/apps/${app}`);

  const desk = await author(open);
  const kept = await call(desk, 'drafts/keep', { id: policy.id, document: document('trtc:DescribeAppStatList'), base: 1, begun_from: 1 });
  expect(kept.ok()).toBe(true);
  await visit(desk, `/cam/policies/${policy.id}/review`);
  const row = desk.locator('#review-replay').getByRole('row', { name: person.username });
  await expect(row).toContainText('trtc:DescribeSdkAppInfo');
  await expect(row).toContainText(String(app));
  await expect(row).toContainText('Would be refused');
  await accessible(desk);
});
