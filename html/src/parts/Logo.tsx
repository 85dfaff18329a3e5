// SPDX-License-Identifier: MIT

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <circle cx="16" cy="12.5" r="4.5" />
      <path d="M16 17v8m0-3.5h4" />
    </svg>
  );
}
