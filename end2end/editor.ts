// The policy editor as a person uses it with the rich editor in place.

import { type Page, expect } from '@playwright/test';

/** The text in the editor, as the form would send it. */
export const text = (page: Page) => page.locator('[name=document]').inputValue();

/** Puts a text in place of what the rich editor holds. */
export async function write(page: Page, document: string): Promise<void> {
  const content = page.locator('.cm-content');
  await content.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(document);
  await expect.poll(() => text(page)).toBe(document);
}
