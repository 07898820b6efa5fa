// After `npm ci`. JavaScript, not TypeScript, so that an old Node can say what it lacks.
import { arch, exit, platform, stderr, versions } from 'node:process';

// 24.7 brought argon2 to node:crypto.
const [major = 0, minor = 0] = versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 7)) {
  stderr.write(
    `Parley needs Node 24.7 or newer; this is ${versions.node}. npm brings a Node 24 of its own on Linux (x64, arm64) and Windows (x64) ` +
      `unless optional dependencies are left out; on ${platform} ${arch} none was installed. Install Node 24 and run npm ci again.\n`,
  );
  exit(1);
}
await import('./prepare.ts');
