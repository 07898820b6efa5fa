import { closeDialog, dialog } from '../state/screen.ts';
import { lazily } from '../ui/lazily.tsx';

const Settings = lazily(async () => (await import('./settings/settings.tsx')).Settings);
const Browse = lazily(async () => (await import('./browse.tsx')).Browse);
const CreateConversation = lazily(async () => (await import('./create-conversation.tsx')).CreateConversation);
const WriteTo = lazily(async () => (await import('./write-to.tsx')).WriteTo);
const Switcher = lazily(async () => (await import('./switcher.tsx')).Switcher);
const InviteMembers = lazily(async () => (await import('./invite-members.tsx')).InviteMembers);
const ReportMessage = lazily(async () => (await import('./report-message.tsx')).ReportMessage);
const HiddenMessage = lazily(async () => (await import('./hidden-message.tsx')).HiddenMessage);
const Confirm = lazily(async () => (await import('./confirm.tsx')).Confirm);

/** Shows the dialog that is wished for, if any. */
export function Dialogs() {
  const wished = dialog.value;
  switch (wished?.type) {
    case undefined:
      return null;
    case 'settings':
      return <Settings page={wished.page ?? 'profile'} onClose={closeDialog} />;
    case 'browse':
      return <Browse onClose={closeDialog} />;
    case 'create':
      return wished.kind === 'direct' ? (
        <WriteTo onClose={closeDialog} />
      ) : (
        <CreateConversation key={wished.kind} kind={wished.kind} onClose={closeDialog} />
      );
    case 'switcher':
      return <Switcher onClose={closeDialog} />;
    case 'invite-members':
      return <InviteMembers conversation={wished.conversation} onClose={closeDialog} />;
    case 'report':
      return <ReportMessage {...wished} onClose={closeDialog} />;
    case 'hidden-message':
      return <HiddenMessage {...wished} onClose={closeDialog} />;
    case 'confirm':
      return <Confirm {...wished} onClose={closeDialog} />;
  }
}
