export * from '../patience.ts';
