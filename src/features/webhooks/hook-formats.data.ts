// The shapes in which webhooks speak, and what each of them is asked for.
import type { HookFormat } from './hooks.types.ts';

export interface HookOption {
  label: string;
  hint?: string;
  placeholder?: string;
  required?: true;
  maxLength: number;
  /** One of these, the first unless said. */
  choices?: readonly { value: string; label: string }[];
}

export interface HookFormatInfo {
  title: string;
  about: string;
  /** Chats get messages; their addresses are secrets. The others get what happened as data. */
  isChat: boolean;
  /** What the address is called; Telegram has none of its own. */
  address?: { label: string; hint: string; placeholder: string };
  /** Kept in the address (Telegram) or sent as a header (Matrix). */
  token?: { label: string; hint: string };
  /** What is no secret: the keys of `options`. */
  options: Readonly<Record<string, HookOption>>;
}

const CHANNEL: HookOption = {
  label: 'Channel',
  hint: 'Empty: the one that the address was made for.',
  placeholder: '#builds',
  maxLength: 100,
};
const NAME: HookOption = { label: 'Name', hint: 'Who the messages seem to be from.', maxLength: 80 };
const PICTURE: HookOption = { label: 'Picture', placeholder: 'https://…/picture.png', maxLength: 500 };
const PAYLOAD_ADDRESS = {
  label: 'Payload URL',
  hint: 'Each delivery is a POST to this address.',
  placeholder: 'https://ci.example.com/hook',
};

export const HOOK_FORMATS: Readonly<Record<HookFormat, HookFormatInfo>> = {
  gitea: {
    title: 'Gitea',
    about: 'Data in Gitea’s shape, which Gitea’s tools and this server’s own understand.',
    isChat: false,
    address: PAYLOAD_ADDRESS,
    options: {},
  },
  github: {
    title: 'GitHub',
    about: 'Data in GitHub’s shape, for tools that were made for GitHub.',
    isChat: false,
    address: PAYLOAD_ADDRESS,
    options: {},
  },
  slack: {
    title: 'Slack',
    about: 'Messages to a Slack channel.',
    isChat: true,
    address: {
      label: 'Webhook URL',
      hint: 'From an incoming webhook of a Slack app.',
      placeholder: 'https://hooks.slack.com/services/…',
    },
    options: {
      channel: CHANNEL,
      username: NAME,
      icon_url: PICTURE,
      color: { label: 'Colour', placeholder: '#2da44e', hint: 'Beside each message.', maxLength: 7 },
    },
  },
  discord: {
    title: 'Discord',
    about: 'Messages to a Discord channel.',
    isChat: true,
    address: {
      label: 'Webhook URL',
      hint: 'From the channel’s settings: Integrations, Webhooks.',
      placeholder: 'https://discord.com/api/webhooks/…',
    },
    options: { username: NAME, icon_url: PICTURE },
  },
  msteams: {
    title: 'Microsoft Teams',
    about: 'Cards in a channel of Microsoft Teams.',
    isChat: true,
    address: {
      label: 'Webhook URL',
      hint: 'From the workflow “Post to a channel when a webhook request is received”.',
      placeholder: 'https://….logic.azure.com/workflows/…',
    },
    options: {},
  },
  matrix: {
    title: 'Matrix',
    about: 'Messages in a Matrix room.',
    isChat: true,
    address: {
      label: 'Homeserver URL',
      hint: 'Where the account that posts has its home.',
      placeholder: 'https://matrix.example.org',
    },
    token: { label: 'Access token', hint: 'Of the account that posts; it must be in the room.' },
    options: {
      room_id: {
        label: 'Room ID',
        placeholder: '!room:example.org',
        hint: 'From the room’s settings: Advanced.',
        required: true,
        maxLength: 255,
      },
      message_type: {
        label: 'Message type',
        maxLength: 8,
        choices: [
          { value: 'm.notice', label: 'Notice, which makes no sound' },
          { value: 'm.text', label: 'Text, as people write' },
        ],
      },
    },
  },
  telegram: {
    title: 'Telegram',
    about: 'Messages to a Telegram chat.',
    isChat: true,
    token: { label: 'Bot token', hint: 'From @BotFather. The bot must be in the chat.' },
    options: {
      chat_id: { label: 'Chat ID', placeholder: '-1001234567890', required: true, maxLength: 64 },
      thread_id: {
        label: 'Thread ID',
        hint: 'Of a topic in a group; empty: the chat itself.',
        maxLength: 20,
      },
    },
  },
  mattermost: {
    title: 'Mattermost',
    about: 'Messages to a Mattermost channel.',
    isChat: true,
    address: {
      label: 'Webhook URL',
      hint: 'From an incoming webhook of Mattermost.',
      placeholder: 'https://mattermost.example.com/hooks/…',
    },
    options: { channel: CHANNEL, username: NAME, icon_url: PICTURE },
  },
};

/** Where Telegram's bots are spoken to. */
export const TELEGRAM = 'https://api.telegram.org';
