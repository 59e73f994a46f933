// The system's Chromium, headless. Nothing is downloaded, since playwright-core has no browser of its own.
'use strict';
const { execFileSync } = require('node:child_process');
const { chromium } = require('playwright-core');

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const SMALLEST = { width: 320, height: 640 };

function installed() {
  const name = 'chromium';
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error(`${name} is not installed: run scripts/test once`);
  }
}

// How long a step of a page may take, in milliseconds. The whole test suite shares the machine, so this is far above what a page needs.
const PAGE_TIMEOUT = 60000;

async function launch() {
  return chromium.launch({ executablePath: installed(), timeout: PAGE_TIMEOUT });
}

// Runs `work` on each of `items`, a few at a time.
async function each(items, workers, work) {
  const queue = items.slice();
  const run = async (worker) => {
    for (let item = queue.shift(); item; item = queue.shift()) await work(item, worker);
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => run(worker)));
}

// The plan on standard input's place: the environment's.
const plan = () => JSON.parse(process.env.PLAN);

function main(work) {
  work().then(
    (result) => process.stdout.write(JSON.stringify(result)),
    (error) => {
      console.error(error.stack || error);
      // The browser goes with it.
      process.exit(1);
    },
  );
}

module.exports = { PAGE_TIMEOUT, PHONE, DESKTOP, SMALLEST, each, launch, main, plan };
