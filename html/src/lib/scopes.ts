// SPDX-License-Identifier: MIT

// What a scope means, told to the person who is asked to allow it.

const sentences: Record<string, string> = {
  openid: 'Know who you are, by an identifier of your account',
  email: 'See your email address and whether it is verified',
  profile: 'See your name and username',
  offline_access: 'Keep this access while you are away, until you revoke it',
  read: 'Read your data',
  write: 'Change your data',
};

export function scopeSentence(scope: string): string | null {
  return Object.hasOwn(sentences, scope) ? (sentences[scope] ?? null) : null;
}
