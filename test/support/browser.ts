// A real Chromium with a profile of its own. What pages complain about in the console fails the test that opened them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  context: BrowserContext;
  /** Opens a tab whose complaints are noted. */
  page(): Promise<Page>;
  /** Errors in the console, uncaught exceptions and failed requests since the start. */
  complaints(): readonly string[];
  /** Closes it; throws when there were complaints other than those expected, such as of an answer meant to fail. */
  close(expected?: RegExp): Promise<void>;
}

/** Starts Chromium on an empty profile. `options` are Playwright's, e.g. viewport, colorScheme, javaScriptEnabled. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<TestBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'och-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: ARGUMENTS,
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const complaints: string[] = [];
  return {
    context,
    async page() {
      const page = await context.newPage();
      noteComplaints(page, complaints);
      return page;
    },
    complaints: () => complaints,
    async close(expected) {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
      const others = complaints.filter((complaint) => !expected?.test(complaint));
      if (others.length > 0) throw new Error(`The browser complained:\n${others.join('\n')}`);
    },
  };
}

function noteComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Leaving a page, or a download, aborts what it was loading.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${reason}`);
  });
}
