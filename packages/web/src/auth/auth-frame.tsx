import './auth.css';
import type { ComponentChildren } from 'preact';
import mark from '../parley.svg?url';

/** The page before one is in: the server's mark, what this is, and a form. */
export const AuthFrame = ({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead: string;
  children: ComponentChildren;
  foot?: ComponentChildren;
}) => (
  <main class="auth">
    <div class="auth-card">
      <img class="auth-mark" src={mark} alt="" width="48" height="48" />
      <h1 class="auth-title">{title}</h1>
      <p class="auth-lead">{lead}</p>
      {children}
    </div>
    {foot === undefined ? null : <p class="auth-foot">{foot}</p>}
  </main>
);
