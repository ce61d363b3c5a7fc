// The bodies that each chat waits for, made of the same message.

import type { ChatMessage, Line } from './chat.types.ts';
import { chatMessageOf } from './chat-sentences.service.ts';
import {
  escapeHtml,
  escapeMarkdown,
  escapeSlack,
  htmlLine,
  markdownLine,
  plainLine,
  slackLine,
  uncalled,
} from './chat-texts.service.ts';
import type { Facts, Json } from './facts.types.ts';
import type { Hook, HookFormat } from './hooks.types.ts';

type ChatFormat = Exclude<HookFormat, 'gitea' | 'github'>;
type Options = Hook['options'];

const CHATS: Readonly<Record<ChatFormat, (message: ChatMessage, options: Options) => Json>> = {
  slack,
  discord,
  msteams,
  matrix,
  telegram,
  mattermost,
};

/** What a chat is sent. Every text in it is somebody's, so it is plain or escaped. */
export function chatMessage({ format, options }: Pick<Hook, 'format' | 'options'>, facts: Facts): Json {
  return CHATS[format as ChatFormat](chatMessageOf(facts), options);
}

/** Options that were left empty are not sent. */
function chosen(values: Readonly<Record<string, string | undefined>>): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slack(message: ChatMessage, options: Options): Json {
  const beneath = [
    ...message.lines.map(slackLine),
    ...(message.excerpt ? [escapeSlack(message.excerpt)] : []),
  ];
  const { channel, username, icon_url, color = '' } = options;
  return {
    ...chosen({ channel, username, icon_url }),
    text: slackLine(message.headline),
    ...{ unfurl_links: false, unfurl_media: false, link_names: 0 },
    attachments:
      beneath.length === 0
        ? []
        : [{ color: color || `#${message.color}`, text: beneath.join('\n'), mrkdwn_in: ['text'] }],
  };
}

/** As Slack's, in Markdown: https://developers.mattermost.com/integrate/webhooks/incoming/ */
function mattermost(message: ChatMessage, options: Options): Json {
  const beneath = markdownBeneath(message);
  const { channel, username, icon_url } = options;
  return {
    ...chosen({ channel, username, icon_url }),
    text: markdownLine(message.headline),
    attachments: beneath === '' ? [] : [{ color: `#${message.color}`, text: beneath }],
  };
}

function markdownBeneath({ lines, excerpt }: ChatMessage): string {
  return [...lines.map(markdownLine), ...(excerpt ? [escapeMarkdown(excerpt)] : [])].join('\n');
}

const DISCORD_TITLE = 256;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook. Nobody is called. */
function discord(message: ChatMessage, options: Options): Json {
  const { author, headline, url, color } = message;
  const title = plainLine(headline);
  const embed = {
    title: escapeMarkdown(title).slice(0, DISCORD_TITLE).replace(/\\$/, ''),
    url,
    description: markdownBeneath(message),
    color: Number.parseInt(color, 16),
    author: { name: author.name, url: author.url, icon_url: author.picture },
  };
  return {
    ...chosen({ username: options.username, avatar_url: options.icon_url }),
    embeds: [embed],
    allowed_mentions: { parse: [] },
  };
}

/** An Adaptive Card in the envelope of Teams' workflows. Runs of text are no markup, so nothing is escaped. */
function msteams(message: ChatMessage): Json {
  const { headline, lines, excerpt, url } = message;
  const block = (line: ChatMessage['headline'], more: Json = {}) => ({
    type: 'RichTextBlock',
    inlines: line.map(({ text, href, isCode }) => ({
      ...{ type: 'TextRun', text },
      ...(isCode ? { fontType: 'Monospace' } : {}),
      ...(href === undefined ? {} : { selectAction: { type: 'Action.OpenUrl', url: href } }),
      ...more,
    })),
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(headline, { weight: 'Bolder' }),
      ...lines.map((line) => block(line)),
      ...(excerpt ? [block([{ text: excerpt }])] : []),
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'View', url }],
    msteams: { width: 'Full' },
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** https://spec.matrix.org/v1.13/client-server-api/#mroommessage-msgtypes. Nobody is called. */
function matrix(message: ChatMessage, options: Options): Json {
  const { headline, lines, excerpt } = message;
  const beneath = excerpt ? `<blockquote>${escapeHtml(excerpt).replaceAll('\n', '<br>')}</blockquote>` : '';
  return {
    msgtype: options.message_type === 'm.text' ? 'm.text' : 'm.notice',
    body: [headline, ...lines]
      .map(plainLine)
      .concat(excerpt ? [excerpt] : [])
      .join('\n'),
    format: 'org.matrix.custom.html',
    formatted_body: [headline, ...lines].map(htmlLine).join('<br>') + beneath,
    'm.mentions': {},
  };
}

/** https://core.telegram.org/bots/api#sendmessage. Behind an `@` stands what parts it from the name, so that nobody is called. */
function telegram({ headline, lines, excerpt }: ChatMessage, options: Options): Json {
  const parted = (line: Line) => line.map((span) => ({ ...span, text: uncalled(span.text) }));
  const said = [headline, ...lines].map((line) => htmlLine(parted(line)));
  const { chat_id, thread_id } = options;
  return {
    chat_id,
    ...(thread_id ? { message_thread_id: Number(thread_id) } : {}),
    text: [...said, ...(excerpt ? [escapeHtml(uncalled(excerpt))] : [])].join('\n'),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  };
}
