// SPDX-License-Identifier: MIT

// Where to go after signing in.  Only a path on this origin is followed: one
// '/' and then neither '/' nor '\', which browsers read as another host.

export function safeNext(next: string | null): string | null {
  if (next === null || !/^\/(?![/\\])/.test(next)) {
    return null;
  }

  // Browsers drop tabs and line ends inside URLs, so "/\t/host" is "//host".
  return /[\u0000-\u001f\u007f]/.test(next) ? null : next;
}
