// SPDX-License-Identifier: MIT
//
// With the test that plays the browser: a line of JSON each way.  We say
// {url}, it answers where the browser came back to; we end with what came
// of it.

import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export const [issuer, clientId, clientSecret, redirectUri] = process.argv.slice(2);
export const scope = "openid profile email offline_access";

export function say(value) {
    process.stdout.write(`${JSON.stringify(value)}\n`);
}

export async function visit(url) {
    say({ url: String(url) });
    const { value } = await lines.next();
    return new URL(value);
}

export function end(value) {
    say(value);
    process.exit(0);
}
