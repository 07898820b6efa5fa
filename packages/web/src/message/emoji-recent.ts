import { signal } from '@preact/signals';

const recentKey = 'parley.emoji';
const toneKey = 'parley.emoji-tone';
const maxRecent = 24;
/** What a person who has picked nothing yet is offered. */
const usual = ['👍', '❤️', '😂', '🎉', '👀', '🙏'];

const read = (): string[] => (localStorage.getItem(recentKey) ?? '').split(' ').filter((emoji) => emoji !== '');

/** What was picked on this device, the latest first, filled up with the usual ones. */
export const recentEmoji = signal<readonly string[]>([...new Set([...read(), ...usual])]);

export function noteEmoji(emoji: string): void {
  recentEmoji.value = [...new Set([emoji, ...recentEmoji.peek()])].slice(0, maxRecent);
  localStorage.setItem(recentKey, recentEmoji.value.join(' '));
}

/** The colour of skin, 1 (light) to 5 (dark); 0 is none. */
export const skinTone = signal(Number(localStorage.getItem(toneKey) ?? 0));

export function setSkinTone(tone: number): void {
  skinTone.value = tone;
  localStorage.setItem(toneKey, String(tone));
}
