// How `make screenshots` takes the pictures of the README: the browser and the console of the tests, and nothing else of them.

import config from './playwright.config';

export default { ...config, testDir: '.', testMatch: 'screenshots.ts', reporter: 'line' };
