// What people see, in a real browser: axe-core on every page in both languages, light and dark, on a small phone
// and on a desk; nothing scrolls sideways; the main tasks with the keyboard alone, and with scripts off.
// Started by tests/browser.rs, which prepares a server: node run.mjs CONFIGURATION.json
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const faults = [];
const fail = (where, what) => faults.push(`${where}: ${what}`);
mkdirSync(config.pictures, { recursive: true });

const browser = await chromium.launch({
  executablePath: config.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const address = (path, lang) => `${config.base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`;

// A page of somebody's own is opened in a browser of theirs, which signs in once.
const browsers = new Map();
function signedIn(email, options) {
  const key = `${email} ${JSON.stringify(options)}`;
  if (!browsers.has(key)) browsers.set(key, signIn(email, options));
  return browsers.get(key);
}

async function signIn(email, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${config.base}/sign-in`);
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(config.password);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.close();
  return context;
}

async function look(context, entry, lang, where) {
  const page = await context.newPage();
  // A page that its own policy keeps from showing something is broken, though nothing else tells.
  page.on('console', (said) => {
    if (/Content.Security.Policy|Refused to/i.test(said.text())) fail(where, said.text());
  });
  let answer = await page.goto(address(entry.path, lang));
  if (entry.open_first) await page.locator(entry.open_first).first().click();
  for (const [field, value] of Object.entries(entry.fill ?? {})) await page.locator(field).fill(value);
  // What a form answers can only be seen after pressing it.
  if (entry.press) {
    [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.locator(entry.press).first().click(),
    ]);
    await page.waitForLoadState();
  }
  if (entry.open) await page.locator(entry.open).first().click();
  if (answer.status() !== entry.status) fail(where, `status ${answer.status()}, not ${entry.status}`);
  if (entry.frame) {
    await page.waitForLoadState('networkidle');
    const inside = page.frames()[1];
    if (!inside || (await inside.locator(entry.frame).count()) === 0) fail(where, `no ${entry.frame} in the frame`);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  for (const found of violations) {
    fail(where, `${found.id} (${found.help}): ${found.nodes.map((node) => node.html).join(' | ').slice(0, 400)}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) fail(where, `scrolls sideways by ${wide} px`);
  const said = await page.evaluate(() => document.documentElement.lang);
  if (said !== lang) fail(where, `the page says that it is in ${said}`);
  await page.screenshot({ path: `${config.pictures}/${where.replaceAll(' ', '-')}.png`, fullPage: true });
  await page.close();
}

for (const lang of ['en', 'fr']) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const options = {
        viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce',
      };
      const context = await browser.newContext(options);
      // Some at once: while one page is drawn another is read.
      const left = [...config.pages];
      const lookOn = async () => {
        for (let entry = left.shift(); entry; entry = left.shift()) {
          const theirs = entry.as ? await signedIn(entry.as, options) : context;
          await look(theirs, entry, lang, `${entry.name} ${lang} ${colorScheme} ${width}`);
        }
      };
      await Promise.all([lookOn(), lookOn(), lookOn()]);
      await context.close();
    }
  }
}

// Tab until `selector` has the focus; a person who cannot use a pointer has no other way.
async function reach(page, selector, where) {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      });
      if (!outline) fail(where, `${selector} does not show that it has the focus`);
      return true;
    }
  }
  fail(where, `the keyboard does not reach ${selector}`);
  return false;
}

async function expectDone(page, wanted, where) {
  const found = await page.locator(wanted).count();
  if (found === 0) fail(where, `no ${wanted} afterwards: ${(await page.locator('main').innerText()).slice(0, 300)}`);
}

for (const task of config.tasks) {
  const scripts = task.by === 'keyboard';
  const where = `${task.name} by ${task.by}`;
  const options = { viewport: { width: 320, height: 800 }, javaScriptEnabled: scripts };
  const context = task.as ? await signedIn(task.as, options) : await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(address(task.path, 'en'));
  for (const step of task.steps) {
    if (scripts) {
      if (!(await reach(page, step.to, where))) break;
      if (step.type) await page.keyboard.type(step.type);
      else {
        const navigates = !step.to.includes('input') && !step.to.includes('summary');
        await Promise.all([
          navigates ? page.waitForEvent('framenavigated') : Promise.resolve(),
          page.keyboard.press(navigates ? 'Enter' : 'Space'),
        ]);
        await page.waitForLoadState();
      }
    } else if (step.type) await page.locator(step.to).first().fill(step.type);
    else if (step.to.includes('input')) await page.locator(step.to).first().check();
    else await page.locator(step.to).first().click();
  }
  await page.waitForLoadState();
  await expectDone(page, task.done, where);
  if (task.as) await page.close();
  else await context.close();
}

await browser.close();
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`${config.pages.length * 8} looks and ${config.tasks.length} tasks without a finding`);
