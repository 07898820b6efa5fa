import './style/base.css';
import { render } from 'preact';
import { App } from './app/app.tsx';
import { boot } from './app/boot.ts';
import { trustOnlyCharacters } from './app/trusted-types.ts';

trustOnlyCharacters();
boot();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
